import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

type Drafts = typeof import('./drafts.ts');

/** The module as a page that was just loaded has it: without a memory. */
async function loaded(): Promise<Drafts> {
  vi.resetModules();
  return import('./drafts.ts');
}

describe('drafts', () => {
  let drafts: Drafts;
  beforeEach(async () => {
    drafts = await loaded();
  });
  afterEach(() => {
    vi.restoreAllMocks();
    localStorage.clear();
  });

  it('a reload -> still there; dropped -> gone', async () => {
    drafts.keepDraft('ask', 'half a sen');
    drafts = await loaded();
    expect(drafts.draftOf('ask')).toBe('half a sen');
    drafts.dropDraft('ask');
    expect((await loaded()).draftOf('ask')).toBeUndefined();
  });

  it('the oldest go when there are too many', async () => {
    for (let i = 0; i < 60; i += 1) drafts.keepDraft(`${i}`, i);
    drafts = await loaded();
    expect(drafts.draftOf('0')).toBeUndefined();
    expect(drafts.draftOf('59')).toBe(59);
  });

  it('another person finds none of them', async () => {
    localStorage.setItem('other', 'kept');
    drafts.keepDraft('ask', 'secret');
    drafts.dropAllDrafts();
    expect(drafts.draftOf('ask')).toBeUndefined();
    expect((await loaded()).draftOf('ask')).toBeUndefined();
    expect(localStorage.getItem('other')).toBe('kept');
  });

  it('storage is refused -> they last as long as the tab', () => {
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
      throw new DOMException('No.', 'QuotaExceededError');
    });
    drafts.keepDraft('ask', 'kept here');
    expect(drafts.draftOf('ask')).toBe('kept here');
  });

  it('what is no draft is none', () => {
    localStorage.setItem('longrun:draft:ask', '{');
    expect(drafts.draftOf('ask')).toBeUndefined();
  });
});
