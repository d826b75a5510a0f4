import { LongrunError } from '@longrun/shared';
import type { Call } from './calls.ts';
import { ReaderProcess, type Outcome, type ProcessOptions } from './process.ts';
import { graphReader, type GraphReader } from './reader.ts';

/**
 * A reader whose calls are answered by a child process, which is started at the first of them: this process never imports
 * users' code. One that ends takes no other call down: all that were asked at the same time are asked again, one at a time
 * in another process, where nothing but that call can be the reason of another end. An edit is not made again.
 */
export function processReader(options: ProcessOptions): GraphReader & { close(): void } {
  let shared: ReaderProcess | undefined;
  /** Where calls are made one at a time, while there are some. */
  let single: ReaderProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const askShared = (call: Call): Promise<Outcome> => {
    if (shared === undefined || shared.ended) shared = new ReaderProcess(options);
    return shared.ask(call);
  };
  const askAlone = async (call: Call): Promise<Outcome> => {
    const turn = last.then(() => {
      if (single === undefined || single.ended) single = new ReaderProcess(options);
      return single.ask(call);
    });
    last = turn;
    const outcome = await turn;
    if (last === turn) single?.kill('nothing is left to do');
    return outcome;
  };
  const ask = async (call: Call): Promise<string> => {
    const first = await askShared(call);
    if (first.kind !== 'lost' || call.kind === 'update') return textOf(first, call);
    return textOf(await askAlone(call), call);
  };
  return { ...graphReader(ask), close: () => [shared, single].forEach((each) => each?.kill('it is closed')) };
}

function textOf(outcome: Outcome, { kind, graph_id }: Call): string {
  if (outcome.kind === 'answer') return outcome.text;
  if (outcome.kind === 'error') throw outcome.error;
  const message = `The process that reads the graph "${graph_id}" ended (${outcome.reason}).`;
  throw new LongrunError(
    'graph_error',
    kind === 'update' ? `${message} Read the state to see whether the update was made.` : message,
  );
}
