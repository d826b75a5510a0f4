import { LongrunError } from '@longrun/shared';
import type { Call } from './calls.ts';
import { ReaderProcess, type Outcome, type ProcessOptions } from './process.ts';
import { graphReader, type GraphReader } from './reader.ts';

/**
 * A reader whose calls are answered by a child process, which is started at the first of them: this process never imports
 * users' code. One that ends takes no other call down: whoever asked at the same time is answered by a process of its own,
 * one after the other, where nothing but that call can be the reason of another end. An edit is not made again.
 */
export function processReader(options: ProcessOptions): GraphReader & { close(): void } {
  let shared: ReaderProcess | undefined;
  let alone: Promise<unknown> = Promise.resolve();
  const askShared = (call: Call): Promise<Outcome> => {
    if (shared === undefined || shared.ended) shared = new ReaderProcess(options);
    return shared.ask(call);
  };
  const askAlone = (call: Call): Promise<Outcome> => {
    const turn = alone.then(async () => {
      const own = new ReaderProcess(options);
      try {
        return await own.ask(call);
      } finally {
        own.kill('it is done');
      }
    });
    alone = turn.catch(() => undefined);
    return turn;
  };
  const ask = async (call: Call): Promise<string> => {
    const first = await askShared(call);
    if (first.kind !== 'lost' || call.kind === 'update') return textOf(first, call);
    return textOf(await askAlone(call), call);
  };
  return { ...graphReader(ask), close: () => shared?.kill('it is closed') };
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
