import { describe, expect, test } from 'vitest';
import type { Passage } from '../library/index.ts';
import { compose } from './compose.ts';
import { excerptOf } from './excerpt.ts';
import { keyPhrases } from './key-phrases.ts';
import { diverse, rank } from './rank.ts';
import { sloppyJson, strings } from './sloppy-json.ts';

const phrases = keyPhrases({ text: 'cancel task', context: '' });
const weights = [0.5, 0.5];
const library = { size: 1, about: () => '', rarity: () => 1 };
const quoteOf = (text: string) => excerptOf(text, phrases, weights);

function passage(n: number, text: string): Passage {
  const id = `d.md#p${n}`;
  return { id, document: 'd.md', title: 'Manual', heading: '', text, n, score: 5, url: `/library/${id}` };
}

describe('what is quoted of a passage', () => {
  test('the sentences about the question, not those before', () => {
    expect(quoteOf('It is blue. You can cancel a task. Then it ends.')).toEqual({
      quote: 'You can cancel a task. Then it ends.',
    });
  });

  test('code that follows is taken along, code above is not', () => {
    const code = '```js\nstop();\n```';
    expect(quoteOf(`Cancel the task so.\n\n${code}`)).toEqual({ quote: 'Cancel the task so.', code });
    expect(quoteOf(`${code}\n\nCancel the task so.`)).toEqual({ quote: 'Cancel the task so.' });
  });

  test('prose that only announces something else -> the example above it alone', () => {
    const code = '```js\ncancel(task);\n```';
    expect(quoteOf(`${code}\n\nCancel every task:`)).toEqual({ quote: '', code });
  });

  test.each(['```js\nopen', '~~~\na\n```', '```\na\n```\nmore'])(
    '%j: a fence left open is not taken',
    (code) => {
      expect(quoteOf(`Cancel the task so.\n\n${code}`).code).toBeUndefined();
    },
  );

  test('a row of a table stands alone', () => {
    expect(quoteOf('| make task | a.js |\n| cancel task | b.js |').quote).toBe('cancel task — b.js');
  });

  test('a sentence without end is cut at a word', () => {
    const { quote } = quoteOf(`cancel task ${'word '.repeat(500)}`);
    expect(quote.length).toBeLessThan(430);
    expect(quote).toMatch(/word…$/);
  });
});

describe('what is answered', () => {
  test('passages that repeat one another -> the one that adds something comes second', () => {
    const same = 'Cancel a task with the abort signal of its controller.';
    const ranked = rank(
      [
        passage(1, same),
        passage(2, `${same} Yes.`),
        passage(3, 'Deleting: cancel the task by name in a console.'),
      ],
      phrases,
      library,
    );
    expect(diverse(ranked, 2).map((picked) => picked.passage.n)).toContain(3);
  });

  test('markup of a document -> shown as text', () => {
    const { pieces } = compose(
      [passage(1, 'To cancel a task see [here](javascript:x) <img src=x onerror=y> ![i](http://evil.test/)')],
      phrases,
      library,
    );
    const answer = pieces.join('');
    expect(answer).not.toMatch(/(?<!\\)\[here/);
    expect(answer).not.toMatch(/(?<!\\)<img/);
    expect(answer).toContain('[1]');
  });

  test('a word that no passage speaks of is named', () => {
    const asked = keyPhrases({ text: 'cancel task zeppelin', context: '' });
    const { pieces } = compose([passage(1, 'You can cancel a task at any time.')], asked, library);
    expect(pieces.at(-1)).toContain('do not speak of “zeppelin”');
  });
});

describe('JSON of a sloppy model', () => {
  test.each([
    ['```json\n{"queries": ["a", "b",],}\n```', { queries: ['a', 'b'] }],
    ['Sure: {"enough": true} :-}', { enough: true }],
    ['no braces', null],
    ['{'.repeat(50_000) + '}'.repeat(50_000), null],
    ['[1]', null],
  ])('%.30j', (text, value) => {
    expect(sloppyJson(text)).toEqual(value);
  });

  test('a list of strings from whatever came', () => {
    expect(strings(['a', 1, ' a ', '', null, 'b'], 5)).toEqual(['a', 'b']);
    expect(strings('one', 5)).toEqual(['one']);
    expect(strings({ a: 1 }, 5)).toEqual([]);
  });
});
