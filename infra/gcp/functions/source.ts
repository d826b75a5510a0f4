import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as gcp from '@pulumi/gcp';
import * as pulumi from '@pulumi/pulumi';
import type { Stack } from '../stack.ts';

/** The bundle as one object, named by what it holds: the same code is not deployed twice, other code always is. */
export function uploadSource(stack: Stack): { bucket: gcp.storage.Bucket; object: gcp.storage.BucketObject } {
  const { project, region, bundle } = stack.settings;
  const bucket = new gcp.storage.Bucket(
    'source',
    {
      project,
      name: `${project}-longrun-source`,
      location: region,
      uniformBucketLevelAccess: true,
      publicAccessPrevention: 'enforced',
      // Older versions, to go back to.
      versioning: { enabled: true },
      lifecycleRules: [{ action: { type: 'Delete' }, condition: { daysSinceNoncurrentTime: 90 } }],
      forceDestroy: true,
    },
    stack.after,
  );
  const object = new gcp.storage.BucketObject('source', {
    bucket: bucket.name,
    name: `functions-${hashOf(bundle)}.zip`,
    source: new pulumi.asset.FileArchive(bundle),
  });
  return { bucket, object };
}

/** Of names and contents of all files below a folder. Throws when there is no bundle. */
export function hashOf(folder: string): string {
  const files = filesBelow(folder).sort();
  if (!files.some((file) => relative(folder, file) === 'package.json')) {
    throw new Error(
      `There is no bundle of the functions in ${folder}: build it first, with \`npm run deploy -- bundle\`.`,
    );
  }
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    // The length keeps the end of one file apart from the beginning of the next.
    hash.update(`${relative(folder, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
