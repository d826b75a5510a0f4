import { livePage, pageOf, releases } from '../site/releases.ts';
import { release } from '../site/release.ts';
import { say, step } from '../step.ts';
import { readTarget, TARGET_OPTIONS, TARGET_USAGE } from '../target.ts';
import { releaseSteps } from './release.ts';

export const rollback = step({
  about: 'makes the page of an earlier release live again',
  usage: `  --list      shows what there is
  --to NAME   a release from the list; default: the newest whose page is not the live one
${TARGET_USAGE}`,
  options: { ...TARGET_OPTIONS, list: { type: 'boolean', default: false }, to: { type: 'string' } },
  run: async (values) => {
    const steps = releaseSteps(await readTarget(values));
    const live = await livePage(steps.bucket);
    const history = await releases(steps.bucket);
    const isLive = (md5Hash: string) => md5Hash === live?.html.md5Hash;
    if (values.list) {
      for (const { name, md5Hash } of history) say(`${name}${isLive(md5Hash) ? '  (live)' : ''}`);
      return;
    }
    const chosen =
      values.to === undefined
        ? history.findLast(({ md5Hash }) => !isLive(md5Hash))
        : history.find(({ name }) => name === values.to);
    if (chosen === undefined) throw new Error('There is no such release; --list shows what there is.');
    await release(await pageOf(steps.bucket, chosen), steps);
    say(`${chosen.name} is live.`);
  },
});
