import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cancelRun } from '../../http/commands.ts';
import { Lab, UID } from '../../runtime/testing/lab.ts';
import type { Library } from '../library/index.ts';
import { chatModel } from '../models/chat-model.ts';
import { EVENT_STREAM, eventStream, openai } from '../models/testing/providers.ts';
import { buildResearch } from './build.ts';
import { withModel } from './with-model.ts';

/** A model that says a little and then thinks for ever; a real connection, which can be hung up on. */
let server: Server;
const speaking = Promise.withResolvers<void>();
const hungUp = Promise.withResolvers<void>();

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.on('close', () => hungUp.resolve());
    response.writeHead(200, EVENT_STREAM);
    response.write(eventStream(openai.says(['{"quer'], { end: null })), () => speaking.resolve());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const library: Library = {
  size: 0,
  problems: [],
  search: () => Promise.resolve([]),
  document: () => Promise.resolve(undefined),
  facts: () => Promise.resolve({ about: new Map(), rarity: new Map() }),
};

test('A5: a run is cancelled while its model speaks -> the request to the model ends', async () => {
  const { port } = server.address() as AddressInfo;
  const env = openai.env(`http://127.0.0.1:${port}`);
  const graph = buildResearch({
    library: () => Promise.resolve(library),
    researcher: () => withModel(() => chatModel(env)),
  });
  const lab = new Lab({ graph });
  const run = await lab.create({ input: { messages: [{ role: 'user', content: 'Why?' }] } });
  const working = lab.work(run);
  await speaking.promise;
  await cancelRun({ store: lab.store, queue: lab.queue }, UID, run.run_id);
  await hungUp.promise;
  expect(await working).toMatchObject({ status: 'cancelled' });
});
