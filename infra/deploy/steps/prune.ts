import { prune as pruneAssets } from '../site/prune.ts';
import { openBucket } from '../site/upload.ts';
import { parseDuration, say, step } from '../step.ts';
import { readTarget, TARGET_OPTIONS, TARGET_USAGE } from '../target.ts';

export const prune = step({
  about: 'deletes assets that no page needs which was live within the last time',
  usage: `  --older-than TIME   default 30d
${TARGET_USAGE}`,
  options: { ...TARGET_OPTIONS, 'older-than': { type: 'string', default: '30d' } },
  run: async (values) => {
    const { project, bucket } = await readTarget(values);
    const deleted = await pruneAssets(
      openBucket(project, bucket),
      parseDuration(values['older-than']),
      Date.now(),
    );
    for (const name of deleted) say(`  ${name}`);
    say(`${deleted.length} assets were deleted.`);
  },
});
