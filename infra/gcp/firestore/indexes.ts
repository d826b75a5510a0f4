import { readFileSync } from 'node:fs';
import * as gcp from '@pulumi/gcp';
import type { Stack } from '../stack.ts';

/** One index of a field, as `firestore.indexes.json` and the API write it. */
interface IndexPart {
  order?: string;
  arrayConfig?: string;
}

interface IndexFile {
  indexes: { collectionGroup: string; queryScope: string; fields: (IndexPart & { fieldPath: string })[] }[];
  fieldOverrides: {
    collectionGroup: string;
    fieldPath: string;
    ttl?: boolean;
    indexes: (IndexPart & { queryScope: string })[];
  }[];
}

/** The same file that the embedded server checks queries against. */
const FILE = new URL('../../firestore/firestore.indexes.json', import.meta.url);

export function makeIndexes(stack: Stack, database: gcp.firestore.Database): void {
  const { project } = stack.settings;
  const { indexes, fieldOverrides }: IndexFile = JSON.parse(readFileSync(FILE, 'utf8'));
  for (const { collectionGroup, queryScope, fields } of indexes) {
    const name = [collectionGroup, queryScope, ...fields.map(describe)].join('-').toLowerCase();
    new gcp.firestore.Index(name, {
      project,
      database: database.name,
      collection: collectionGroup,
      queryScope,
      fields,
    });
  }
  for (const { collectionGroup, fieldPath, ttl, indexes: own } of fieldOverrides) {
    new gcp.firestore.Field(`${collectionGroup}.${fieldPath}`, {
      project,
      database: database.name,
      collection: collectionGroup,
      field: fieldPath,
      // Always given: left out, a field of a TTL would get the indexes that it is to be spared.
      indexConfig: { indexes: own },
      ...(ttl === true ? { ttlConfig: {} } : {}),
    });
  }
}

function describe({ fieldPath, order, arrayConfig }: IndexPart & { fieldPath: string }): string {
  return `${fieldPath}-${(order ?? arrayConfig ?? '').slice(0, 4)}`;
}
