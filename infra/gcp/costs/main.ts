/**
 * What a month costs at 10, 100 and 10,000 users: `npm run costs`. `-- --lines` shows every line of every bill, `-- --write` puts
 * the table into infra/README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Measured } from './measured.ts';
import { month } from './month.ts';
import { SOURCES } from './prices.ts';
import { basis, costTable, USERS } from './table.ts';

const measured: Measured = JSON.parse(readFileSync(new URL('measured.json', import.meta.url), 'utf8'));
const print = (text: string) => process.stdout.write(`${text}\n`);

const text = `${costTable(measured)}\n\n${basis(measured)}`;
print(text);
if (process.argv.includes('--lines')) {
  for (const edge of ['load-balancer', 'firebase-hosting'] as const) {
    for (const users of USERS) {
      print(`\n${users} users, ${edge}:`);
      for (const { name, usd } of month(measured, users, edge))
        print(`  ${name.padEnd(36)} ${usd.toFixed(2)}`);
    }
  }
  print(`\nSources of the prices:\n  ${SOURCES.join('\n  ')}`);
}
if (process.argv.includes('--write')) {
  const readme = new URL('../../README.md', import.meta.url);
  const place = /(<!-- costs -->\n)[^]*(\n<!-- end of costs -->)/;
  writeFileSync(readme, readFileSync(readme, 'utf8').replace(place, `$1\n${text}\n$2`));
}
