import { describe, expect, test } from 'vitest';
import { parseRetention, superseded } from './retention.ts';
import { setName, type BackupSet, type Kind } from './set.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const KEEP = { hours: 24, days: 7, weeks: 4, maxBytes: 10_000 };

function made(hoursAgo: number, kind: Kind = 'scheduled', bytes = 1): BackupSet {
  const at = new Date(NOW - hoursAgo * 3_600_000);
  return {
    name: setName(at, kind),
    at: at.toISOString(),
    kind,
    files: [{ name: 'a.sqlite', bytes, sha256: '' }],
  };
}
const gone = (sets: BackupSet[], keep = KEEP) => superseded(sets, NOW, keep).map(({ at }) => at.slice(0, 16));

describe('which backups may go', () => {
  test('every 6 h for two months: those of a day, then one a day, then one a week stay', () => {
    const all = Array.from({ length: 240 }, (_, i) => made(i * 6));
    const removed = new Set(superseded(all, NOW, KEEP));
    const left = all.filter((set) => !removed.has(set)).map(({ at }) => at.slice(0, 13));
    expect(left.join(' ')).toBe(
      '2026-11-21T12 2026-11-21T06 2026-11-21T00 2026-11-20T18 2026-11-20T12 2026-11-19T18 2026-11-18T18 2026-11-17T18 ' +
        '2026-11-16T18 2026-11-15T18 2026-11-14T18 2026-11-14T12 2026-11-08T18 2026-11-01T18 2026-10-25T18',
    );
  });

  test('what is kept does not depend on when the others were removed', () => {
    let sets: BackupSet[] = [];
    for (let hoursAgo = 24 * 40; hoursAgo >= 0; hoursAgo -= 6) {
      sets.push(made(hoursAgo));
      const removed = new Set(superseded(sets, NOW - hoursAgo * 3_600_000, KEEP));
      sets = sets.filter((set) => !removed.has(set));
    }
    const ages = sets.map(({ at }) => (NOW - Date.parse(at)) / 86_400_000);
    expect(ages.filter((age) => age < 1)).toHaveLength(4);
    expect(ages.filter((age) => age >= 1 && age < 7).length).toBeGreaterThanOrEqual(6);
    expect(ages.filter((age) => age >= 7).length).toBeGreaterThanOrEqual(3);
    expect(Math.max(...ages)).toBeGreaterThan(21);
  });

  test('many starts and stops: all of a day stay, however close, for the last may hold a mistake; then one a day', () => {
    const sets = Array.from({ length: 50 }, (_, i) => made(i / 60, 'shutdown'));
    expect(gone(sets)).toEqual([]);
    const tomorrow = superseded(sets, NOW + 25 * 3_600_000, KEEP);
    expect(sets.filter((set) => !tomorrow.includes(set))).toEqual([sets[0]]);
  });

  test('the newest stays however old it is, and one that was asked for until it is deleted', () => {
    expect(gone([made(9_000), made(9_006)])).toHaveLength(1);
    expect(gone([made(0), made(9_000, 'manual')])).toEqual([]);
  });

  test('too many bytes: the oldest goes first, what was asked for last, the newest never', () => {
    const sets = [
      made(0, 'scheduled', 6),
      made(1, 'scheduled', 6),
      made(2, 'manual', 6),
      made(3, 'scheduled', 6),
    ];
    const at = (hours: number) => made(hours).at.slice(0, 16);
    expect(gone(sets, { ...KEEP, maxBytes: 18 })).toEqual([at(3)]);
    expect(gone(sets, { ...KEEP, maxBytes: 12 })).toEqual([at(3), at(1)]);
    expect(gone(sets, { ...KEEP, maxBytes: 1 })).toEqual([at(3), at(2), at(1)]);
  });
});

test('LONGRUN_BACKUP_KEEP is read or refused', () => {
  expect(parseRetention('24h,7d,4w,10GB')).toEqual({ hours: 24, days: 7, weeks: 4, maxBytes: 10e9 });
  expect(parseRetention('1h,0d,0w,0.5gb')).toEqual({ hours: 1, days: 0, weeks: 0, maxBytes: 5e8 });
  for (const text of ['', '24h', '7d,24h,4w,10GB', '24h,7d,4w,0GB', '-1h,7d,4w,1GB', '24h,7d,4w,10GB,']) {
    expect(parseRetention(text)).toBeNull();
  }
});
