import { graphThatLeft } from '../project/loading.ts';
import { attemptThatThrew } from '../runtime/attempt/stray-errors.ts';
import { log } from '../telemetry/log.ts';
import { recorder } from '../telemetry/tracing.ts';
import { withoutFrameworkListeners } from './framework/without-listeners.ts';

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;
const CRASHES = ['unhandledRejection', 'uncaughtException'] as const;

/** Exit code of a process that an error of its own ended. */
const CRASHED = 16;

/** Of the ten seconds, for spans that no answer waited for. Milliseconds. */
const FLUSH_MS = 1_000;

/**
 * At a signal `shutDown` ends the work properly; the platform allows ten seconds.
 * What somebody's graph throws where nobody can catch it ends that attempt, not every other run in the process.
 */
export function takeOverSignals(shutDown: () => Promise<void>): void {
  let closing = false;
  const end = (code: number) => {
    if (closing) return;
    closing = true;
    const endAll = async () => {
      await shutDown();
      await recorder()?.flush(FLUSH_MS);
    };
    endAll().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error('Shutting down failed.', error);
        process.exit(1);
      },
    );
  };
  const onSignal = (signal: string) => {
    log.info('Shutting down.', { signal });
    end(0);
  };
  const onRejection = (error: unknown) => {
    if (wasLeft(error)) return;
    log.foreignError('A promise was rejected and nobody handled it.', error, runThatThrew());
  };
  const onException = (error: Error) => {
    if (wasLeft(error)) return;
    const thrown = attemptThatThrew();
    log.foreignError('An exception was thrown and nobody handled it.', error, runThatThrew());
    // What a run left behind when it ended is nobody's any more. An error of our own ends the process, after its runs were handed over.
    if (thrown?.going === true) thrown.attempt.fail(error);
    else if (thrown === undefined) end(CRASHED);
  };
  withoutFrameworkListeners([...SIGNALS, ...CRASHES], [onSignal, onRejection, onException]);
  // Whoever read the log may be gone. As an exception that would be logged, and so again and again.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  process.on('unhandledRejection', onRejection);
  process.on('uncaughtException', onException);
}

/** What a graph's module left behind when it was loaded, a timer or a client, ends neither a run nor the process. */
function wasLeft(error: unknown): boolean {
  const graph = graphThatLeft();
  if (graph === undefined) return false;
  log.foreignError(`What the module of the graph "${graph}" left behind failed.`, error, { graph });
  return true;
}

function runThatThrew(): { run_id?: string; graph?: string; ended?: boolean } {
  const thrown = attemptThatThrew();
  if (thrown === undefined) return {};
  const { attempt, going } = thrown;
  return { run_id: attempt.run_id, graph: attempt.graph, ended: !going };
}
