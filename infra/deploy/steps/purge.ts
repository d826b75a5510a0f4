import { purge as purgeCdn } from '../site/purge.ts';
import { say, step } from '../step.ts';
import { readTarget, TARGET_OPTIONS, TARGET_USAGE } from '../target.ts';

export const purge = step({
  about: 'empties the CDN’s cache and waits until it is done',
  usage: TARGET_USAGE,
  options: TARGET_OPTIONS,
  run: async (values) => {
    const { project, urlMap } = await readTarget(values);
    say(`The CDN was purged (${await purgeCdn(project, urlMap)}).`);
  },
});
