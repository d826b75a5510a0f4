import { readPage } from '../site/page-files.ts';
import { openBucket, upload } from '../site/upload.ts';
import { inRoot } from '../root.ts';
import { say, step } from '../step.ts';
import { readTarget, TARGET_OPTIONS, TARGET_USAGE } from '../target.ts';

export const assets = step({
  about: 'uploads everything of the page but its HTML; deletes nothing',
  usage: `  --dir FOLDER   of the built page; default web/dist
${TARGET_USAGE}`,
  options: { ...TARGET_OPTIONS, dir: { type: 'string' } },
  run: async (values) => {
    const { project, bucket } = await readTarget(values);
    const page = await readPage(values.dir ?? inRoot('web/dist'));
    const { uploaded, corrected, unchanged } = await upload(openBucket(project, bucket), page.assets);
    for (const name of uploaded) say(`  ${name}`);
    say(
      `${uploaded.length} files were uploaded, ${corrected.length} corrected, ${unchanged} were there already.`,
    );
  },
});
