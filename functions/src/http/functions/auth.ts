import { parseConfig } from '../../config/config.ts';
import { askedSchema, type Said } from '../../custom-auth/messages.ts';
import { answer } from '../../custom-auth/module/answer.ts';
import { loadHandlers } from '../../custom-auth/module/load.ts';
import { readProject } from '../../project/config.ts';
import { enterProject } from '../../project/enter.ts';
import { thrownText } from '../../project/thrown.ts';
import { log } from '../../telemetry/log.ts';
import { endWithParent } from '../end-with-parent.ts';

/** A process that has the project's auth module and answers the API, which started it. */
const config = parseConfig(process.env);
const project = await readProject(config.LANGGRAPH_CONFIG);
enterProject(project);

// What the module throws where nobody can catch it ends no request.
process.on('uncaughtException', (error) => log.error('The project’s auth threw an exception.', error));
process.on('unhandledRejection', (error) => log.error('The project’s auth rejected a promise.', error));
// Whoever read the log may be gone.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
endWithParent();

const loading = loadHandlers(project, config.GRAPH_LOAD_TIMEOUT_S * 1_000);

process.on('message', (message) => {
  const asked = askedSchema.parse(message);
  if (asked.kind === 'ping') return say({ kind: 'pong' });
  void loading
    .then((handlers) => answer(handlers, asked.call))
    .then((found) => say({ kind: 'answer', id: asked.id, answer: found }));
});
loading.then(
  () => say({ kind: 'ready', problem: null }),
  (error: unknown) => say({ kind: 'ready', problem: thrownText(error) }),
);

function say(said: Said): void {
  // Whoever asked is gone, and so is this process at once.
  if (process.connected) process.send?.(said, () => undefined);
}
