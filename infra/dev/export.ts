/**
 * `npm run export -- FILE|FOLDER [--project ID [--database ID] [--stopped]]`: writes everything that an installation holds to one file: the
 * local one, running or not, or that of a project on Google Cloud.
 */
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { keepPrivate } from '../local/files/private.ts';
import { openDeployed, openLocalSource } from './moving/endpoint.ts';
import { argumentsOrExit, fail, print, settingsOrExit, warn } from './moving/terminal.ts';
import { activeText, leftText, tallyText } from './moving/report.ts';
import { size } from './moving/words.ts';
import { writeOut } from './moving/write-out.ts';

const USAGE = `Usage: npm run export -- FILE|FOLDER [--project ID [--database ID] [--stopped]]
  --project   of a project on Google Cloud, not of the local installation (LONGRUN_DATA)
  --stopped   its queue and scheduler are paused: no run goes on there`;

const { to, project, database, stopped } = argumentsOrExit(USAGE, () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      project: { type: 'string' },
      database: { type: 'string', default: '(default)' },
      stopped: { type: 'boolean', default: false },
    },
  });
  const [first, ...more] = positionals;
  if (first === undefined || more.length > 0) throw new Error('Name one file or folder.');
  if (values.stopped && values.project === undefined) {
    throw new Error('--stopped is for a project; whether the local installation runs is seen.');
  }
  return { to: resolve(first), ...values };
});

try {
  keepPrivate();
  const settings = settingsOrExit();
  const source =
    project === undefined ? await openLocalSource(settings) : openDeployed(project, database, !stopped);
  const file = fileName(source.place.project);
  const before = performance.now();
  try {
    const trailer = await writeOut(source, file, warn);
    const seconds = ((performance.now() - before) / 1000).toFixed(1);
    for (const line of tallyText(trailer)) print(line);
    for (const line of leftText(trailer)) print(line);
    for (const line of activeText(trailer, source.running)) print(line);
    print(
      `Exported to ${file} (${size(statSync(file).size)}) in ${seconds} s. It holds people's accounts: keep it safe.`,
    );
  } finally {
    await source.close();
  }
} catch (error) {
  fail(error);
}

function fileName(of: string): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  const file =
    existsSync(to) && statSync(to).isDirectory() ? join(to, `longrun-${of}-${stamp}.ndjson.gz`) : to;
  if (existsSync(file)) throw new Error(`${file} is there already.`);
  return file;
}
