import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ofType, one, record, type Recording, RECORD_MS } from '../testing/record.ts';

const read = (name: string) => readFileSync(new URL(`../../firestore/${name}`, import.meta.url), 'utf8');

interface IndexFile {
  indexes: { collectionGroup: string; queryScope: string; fields: unknown[] }[];
  fieldOverrides: { collectionGroup: string; fieldPath: string; ttl?: boolean; indexes: unknown[] }[];
}
const file: IndexFile = JSON.parse(read('firestore.indexes.json'));

let recording: Recording;
beforeAll(async () => {
  recording = await record();
}, RECORD_MS);

describe('A10: what firestore.indexes.json says is what the database gets', () => {
  test('composite indexes', () => {
    const made = ofType(recording, 'firestore/index:Index').map(({ inputs }) => ({
      collectionGroup: inputs['collection'],
      queryScope: inputs['queryScope'],
      fields: inputs['fields'],
    }));
    expect(made).toHaveLength(file.indexes.length);
    expect(made).toEqual(expect.arrayContaining(file.indexes));
  });

  test('overrides and exemptions of single fields', () => {
    const made = ofType(recording, 'firestore/field:Field');
    expect(made).toHaveLength(file.fieldOverrides.length);
    for (const { collectionGroup, fieldPath, indexes } of file.fieldOverrides) {
      expect(one(recording, 'firestore/field:Field', `${collectionGroup}.${fieldPath}`).inputs).toMatchObject(
        {
          collection: collectionGroup,
          field: fieldPath,
          indexConfig: { indexes },
        },
      );
    }
  });

  test('A9: fields by which documents expire, and no others', () => {
    const expected = file.fieldOverrides
      .filter(({ ttl }) => ttl === true)
      .map(({ collectionGroup, fieldPath }) => `${collectionGroup}.${fieldPath}`);
    const made = ofType(recording, 'firestore/field:Field').filter(({ inputs }) => 'ttlConfig' in inputs);
    expect(made.map(({ name }) => name).sort()).toEqual(expected.sort());
    expect(expected).not.toEqual([]);
  });
});

test('A10: the rules that the embedded server enforces are the ones that are released', () => {
  const content = read('firestore.rules');
  expect(one(recording, 'firebaserules/ruleset:Ruleset', 'rules').inputs).toMatchObject({
    source: { files: [{ content }] },
  });
  expect(one(recording, 'firebaserules/release:Release', 'rules').inputs).toMatchObject({
    name: 'cloud.firestore',
    rulesetName: 'projects/demo-longrun/rulesets/ruleset-1',
  });
});

test('C4: a database with recovery to any minute of a week, and backups for 12 weeks', () => {
  expect(one(recording, 'firestore/database:Database', 'database').inputs).toMatchObject({
    name: '(default)',
    type: 'FIRESTORE_NATIVE',
    pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
    deleteProtectionState: 'DELETE_PROTECTION_ENABLED',
  });
  expect(one(recording, 'firestore/backupSchedule:BackupSchedule', 'daily').inputs).toMatchObject({
    retention: '604800s',
    dailyRecurrence: {},
  });
  expect(one(recording, 'firestore/backupSchedule:BackupSchedule', 'weekly').inputs).toMatchObject({
    retention: '7257600s',
    weeklyRecurrence: { day: 'SUNDAY' },
  });
});
