import { describe, expect, test } from 'vitest';
import { parseMarkdown } from './markdown.ts';

const blocks = (source: string) => parseMarkdown(source).blocks.map(({ text }) => text);

describe('Markdown as plain words', () => {
  test('headings of both kinds name what follows; the first of level 1 is the title', () => {
    expect(parseMarkdown('Intro\n\nThe *Guide*\n===\n\na\n\n## `run` it ##\n\nb\n\nSub\n---\nc')).toEqual({
      title: 'The Guide',
      blocks: [
        { text: 'Intro' },
        { text: 'a', heading: 'The Guide' },
        { text: 'b', heading: '`run` it' },
        { text: 'c', heading: 'Sub' },
      ],
    });
  });

  test('links become their words; images, tags, comments, rules and definitions go', () => {
    expect(
      blocks(
        'See [the `docs`](https://a.test "t") and <b>this</b> ![badge](x.svg) **now** or _later_.<!-- no -->\n\n' +
          '[![build](b.svg)](https://ci.test)\n\n---\n\n[ref]: https://a.test\n\n[ref] &amp; <https://b.test>',
      ),
    ).toEqual(['See the `docs` and this  now or later.', 'ref & https://b.test']);
  });

  test('code keeps its fence, wherever it stands, and is no Markdown', () => {
    expect(
      blocks('a\n\n```js\n# no heading\n```\n\n1. b\n   ~~~\n   c\n   ~~~\n2. d\n\n    indented'),
    ).toEqual(['a', '```js\n# no heading\n```', '1. b', '~~~\nc\n~~~', '2. d\nindented']);
  });

  test('a list is one text with its marks, a table one with its rows', () => {
    expect(blocks('- a\n- b\n  - c\n\n3. d\n4. e\n\n| k | v |\n|---|---|\n| a `|` | b |')).toEqual([
      '- a\n- b\n- c',
      '3. d\n4. e',
      '| k | v |\n| a ` | ` |',
    ]);
  });

  test('quotes and notes are text; HTML loses its tags and comments', () => {
    expect(
      blocks('> [!NOTE]\n> Mind this.\n\n<p align="center">\n <b>Fast</b> <!-- x > y -->\n</p>'),
    ).toEqual(['Mind this.', 'Fast']);
  });
});
