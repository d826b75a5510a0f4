import { dirname, resolve } from 'node:path';
import { bundleFunctions } from '../bundle/bundle.ts';
import { describeForBundle } from '../bundle/describe.ts';
import type { BundledProject } from '../bundle/project/project.ts';
import { sizesOf } from '../bundle/sizes.ts';
import { inRoot } from '../root.ts';
import { say, step } from '../step.ts';

const MAX_LISTED = 30;

export const bundle = step({
  about: 'makes functions/dist: the functions and graphs as they are deployed',
  usage: `  --graphs FILE   the langgraph.json whose graphs are deployed, with its project's own packages; default: this repository's
  --out FOLDER    default functions/dist; is emptied first`,
  options: { graphs: { type: 'string' }, out: { type: 'string' } },
  run: async ({ graphs, out }) => {
    const outdir = resolve(out ?? inRoot('functions/dist'));
    const began = performance.now();
    const config = resolve(graphs ?? inRoot('langgraph.json'));
    const made = await bundleFunctions({ outdir, graphs: config });
    const undescribed = await describeForBundle(config, dirname(made.config));
    if (made.project !== undefined) sayProject(made.project);
    for (const warning of [...made.warnings, ...undescribed]) say(`Warning: ${warning}`);
    const sizes = await sizesOf(outdir, made.metafile);
    const kb = (bytes: number) => `${(bytes / 1_000).toFixed(0)} kB`;
    say(
      `${outdir}: ${sizes.files} files, ${kb(sizes.bytes)}, zipped ${kb(sizes.zipped)}, in ${Math.round(performance.now() - began)} ms`,
    );
    for (const { name, atStart, later } of sizes.functions) {
      say(`  ${name.padEnd(12)} loads ${kb(atStart)} of it to start, ${kb(later)} when it is needed`);
    }
    say(
      `  ${Object.keys(made.dependencies).length} packages are imported, ${made.packages} are locked with theirs`,
    );
  },
});

function sayProject({ dependencies, copied, install }: BundledProject): void {
  const versions = Object.entries(dependencies).map(([name, version]) => `${name} ${version}`);
  say(`The project brings along ${versions.join(', ') || 'no package'} (${install})`);
  say(`  and ${copied.length} files besides code${copied.length === 0 ? '' : ':'}`);
  for (const file of copied.slice(0, MAX_LISTED)) say(`    ${file}`);
  if (copied.length > MAX_LISTED) say(`    and ${copied.length - MAX_LISTED} more`);
}
