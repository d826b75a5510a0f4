import { errorMessage, LongrunError } from '@longrun/shared';
import { answer } from '../../graph-reader/answer.ts';
import { askedSchema, type Said } from '../../graph-reader/messages.ts';
import { Graphs } from '../../project/graphs.ts';
import { log } from '../../telemetry/log.ts';
import { endWithParent } from '../end-with-parent.ts';
import { openServicesOrExit } from '../services.ts';

/** A process that has the project's graphs and answers the API, which started it. */
const { store, catalog, config } = await openServicesOrExit();
const graphs = new Graphs(catalog, config.GRAPH_LOAD_TIMEOUT_S * 1_000);

// What users' code throws where nobody can catch it ends no call of another graph.
process.on('uncaughtException', (error) => log.foreignError('An exception was thrown by a graph.', error));
process.on('unhandledRejection', (error) => log.foreignError('A promise of a graph was rejected.', error));
// Whoever read the log may be gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
endWithParent();

process.on('message', (message) => {
  const { id, call } = askedSchema.parse(message);
  answer({ store, graphs }, call, () => say({ kind: 'loaded', id })).then(
    (text) => say({ kind: 'answer', id, text }),
    (error: unknown) => say({ kind: 'error', id, error: bodyOf(error) }),
  );
});
say({ kind: 'ready' });

function say(said: Said): void {
  // Whoever asked is gone, and so is this process at once.
  if (process.connected) process.send?.(said, () => undefined);
}

function bodyOf(error: unknown) {
  const { code, message } =
    error instanceof LongrunError ? error : new LongrunError('internal', errorMessage(error));
  return { code, message };
}
