/** `npm run fuzz -- [--requests N] [--seed S] [--only INDEX] [--json FILE]` */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runFuzz } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string' },
    json: { type: 'string' },
  },
});

const report = await runFuzz({
  requests: Number(values.requests),
  seed: Number(values.seed),
  ...(values.only === undefined ? {} : { only: Number(values.only) }),
  onProgress: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${JSON.stringify({ ...report, findings: report.findings.length }, null, 2)}\n`);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
process.exit(report.findings.length === 0 && report.crashed.length === 0 ? 0 : 1);
