import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const SIGNALS = fileURLToPath(new URL('signals.ts', import.meta.url));
const LOG = fileURLToPath(new URL('../telemetry/log.ts', import.meta.url));
const PROGRAM = `
  import { takeOverSignals } from ${JSON.stringify(SIGNALS)};
  import { log } from ${JSON.stringify(LOG)};
  takeOverSignals(async () => undefined);
  let exceptions = 0;
  process.on('uncaughtExceptionMonitor', () => (exceptions += 1));
  process.on('message', () => {
    // Several turns of the event loop, in which the broken pipe is noticed.
    let lines = 0;
    const timer = setInterval(() => {
      log.info('nobody reads this');
      if ((lines += 1) < 50) return;
      clearInterval(timer);
      process.send({ exceptions });
    }, 1);
  });
  process.send('ready');`;

it('a process whose log nobody reads any more goes on, and ends when it is told to', async () => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const exited = once(child, 'exit');
  await once(child, 'message');
  child.stdout?.destroy();
  child.stderr?.destroy();
  const said = once(child, 'message');
  child.send('go');
  expect((await said)[0]).toEqual({ exceptions: 0 });
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});
