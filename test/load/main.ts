/** `npm run load -- [--runs N] [--waves N] [--watched N] [--json FILE]` */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runLoad } from './load.ts';

// Clients would look for a metadata server of Google's.
process.env['METADATA_SERVER_DETECTION'] ??= 'none';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1000' },
    waves: { type: 'string', default: '2' },
    watched: { type: 'string', default: '50' },
    json: { type: 'string' },
  },
});

const waves = await runLoad({
  runs: Number(values.runs),
  waves: Number(values.waves),
  watched: Number(values.watched),
  onProgress: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify(waves, null, 2)}\n`);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(waves, null, 2)}\n`);
process.exit(waves.every((wave) => wave.not_completed.length === 0 && wave.bad_streams.length === 0) ? 0 : 1);
