import { checkPage } from '../site/check-page.ts';
import { readPage } from '../site/page-files.ts';
import { purge } from '../site/purge.ts';
import { release as releasePage } from '../site/release.ts';
import { openBucket } from '../site/upload.ts';
import { inRoot } from '../root.ts';
import { say, step } from '../step.ts';
import { readTarget, TARGET_OPTIONS, TARGET_USAGE, type Target } from '../target.ts';

export const release = step({
  about: 'makes the new HTML live, purges the CDN and checks the page; puts the old one back when it fails',
  usage: `  --dir FOLDER   of the built page; default web/dist
${TARGET_USAGE}`,
  options: { ...TARGET_OPTIONS, dir: { type: 'string' } },
  run: async (values) => {
    const target = await readTarget(values);
    const { html } = await readPage(values.dir ?? inRoot('web/dist'));
    await releasePage(html, releaseSteps(target));
    say(`${target.site} serves this version.`);
  },
});

export function releaseSteps({ project, site, bucket, urlMap }: Target) {
  return {
    bucket: openBucket(project, bucket),
    purge: async () => say(`The CDN was purged (${await purge(project, urlMap)}).`),
    check: (html: Parameters<typeof checkPage>[1]) => checkPage(site, html),
    now: Date.now,
    log: say,
  };
}
