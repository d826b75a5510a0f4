import { assert, property, string } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEntry, encodeEntry } from './entry.ts';
import { searchTokens } from './search-tokens.ts';
import { cutText, shorten, shortenText } from './shorten.ts';
import { titleOf } from './title.ts';
import { wellFormed } from './well-formed.ts';

const FAMILY = '👨‍👩‍👧‍👦';

describe('a text is cut', () => {
  test('before a character that does not fit', () => {
    expect(cutText('a🙂b', 2)).toBe('a');
    expect(cutText('a🙂b', 3)).toBe('a🙂');
    expect(cutText(`${'x'.repeat(1_000)}${FAMILY}y`, 1_005)).toBe('x'.repeat(1_000));
    expect(cutText('e\u0301e\u0301', 3)).toBe('e\u0301');
  });

  test('between code points, when what a reader sees as one character is longer than all', () => {
    const cut = cutText(`a${'\u0301'.repeat(5_000)}`, 2_000);
    expect(cut.length).toBe(2_000);
    expect(cutText('🙂'.repeat(5).replaceAll('🙂', `${FAMILY}\u200d`), 30).isWellFormed()).toBe(true);
  });

  test('so that nothing is halved, whatever it is', () => {
    assert(
      property(string({ unit: 'grapheme', maxLength: 50 }), (text) => {
        for (let kept = 0; kept <= text.length; kept += 1) {
          const cut = cutText(text, kept);
          expect(cut.length).toBeLessThanOrEqual(kept);
          expect(text.startsWith(cut) && cut.isWellFormed()).toBe(true);
        }
      }),
    );
  });

  test('and says how much is missing; one that fits is left alone', () => {
    expect(shortenText('a🙂b', 2)).toBe('a … (3 more characters)');
    expect(shortenText('🙂', 2)).toBe('🙂');
  });

  test('with names that JavaScript treats specially kept', () => {
    const text = '{"__proto__":{"polluted":"aaaa"}}';
    expect(JSON.stringify(shorten(JSON.parse(text), 2))).toContain('"__proto__":{"polluted":"aa …');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('the title of a run', () => {
  test('is never cut within a character', () => {
    const title = titleOf({ messages: [{ role: 'user', content: `${'a'.repeat(118)}🙂 and more` }] }, 'x');
    expect(title).toBe(`${'a'.repeat(118)}…`);
    expect(titleOf(`${'a'.repeat(110)}${FAMILY} and more`, 'x')).toBe(`${'a'.repeat(110)}…`);
  });

  test('is well formed, and so are the words it is found by', () => {
    expect(titleOf('half \ud83d', 'x')).toBe('half \ufffd');
    expect(searchTokens('𝒳𝒴𝒵').every((token) => token.isWellFormed())).toBe(true);
  });
});

test('half characters are replaced in texts and names; what has none is not copied', () => {
  expect(wellFormed({ 'a\ud83d': ['b\ude42'], c: 1 })).toEqual({ 'a\ufffd': ['b\ufffd'], c: 1 });
  const fine = { a: ['🙂'] };
  expect(wellFormed(fine)).toBe(fine);
});

test('an event keeps names that JavaScript treats specially through the log', () => {
  const data = JSON.parse('{"__proto__":{"a":1},"constructor":1}');
  const entry = { n: 0, writer: 'w', nonce: 'x', events: [{ seq: 1, at: 0, type: 'custom' as const, data }] };
  const [event] = decodeEntry(encodeEntry(entry)).events;
  expect(JSON.stringify(event)).toBe(JSON.stringify({ seq: 1, at: 0, type: 'custom', data }));
});
