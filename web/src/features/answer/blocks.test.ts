import { describe, expect, it } from 'vitest';
import { Blocks } from './blocks.ts';

const split = (text: string) => new Blocks().split(text);

describe('splitting an answer into blocks', () => {
  it.each<[string, string, string[]]>([
    ['paragraphs', 'one\ntwo\n\nthree', ['one\ntwo', 'three']],
    ['a heading and what follows it', '# a\nb', ['# a', 'b']],
    ['a code block with empty lines', '```ts\na\n\nb\n```\n\nend', ['```ts\na\n\nb\n```', 'end']],
    [
      'a code block that is still being written',
      '```ts\na\n\n[b]: /c\n\n# d',
      ['```ts\na\n\n[b]: /c\n\n# d'],
    ],
    ['a fence within a longer one', '````\n```\n\na\n```\n````\n\nend', ['````\n```\n\na\n```\n````', 'end']],
    ['code that is only indented', 'a\n\n    b\n\n    c\n\nd', ['a', '    b\n\n    c', 'd']],
    ['a list with empty lines', '1. a\n\n2. b\n\n   more\n\nend', ['1. a\n\n2. b\n\n   more', 'end']],
    ['code within a list', '- a\n\n  ```\n  b\n\n  c\n  ```\n- d', ['- a\n\n  ```\n  b\n\n  c\n  ```\n- d']],
    ['a table', 'a\n\n| b | c |\n| - | - |\n| d | e |\n\nf', ['a', '| b | c |\n| - | - |\n| d | e |', 'f']],
    ['two quotes', '> a\nb\n\n> c', ['> a\nb', '> c']],
    ['HTML that is still open', '<pre>\na\n\nb', ['<pre>\na\n\nb']],
    ['nothing', ' \n\n', []],
  ])('%s', (_what, text, blocks) => {
    expect(split(text)).toEqual(blocks);
  });
});

describe('definitions of links', () => {
  it.each<[string, string, string[]]>([
    [
      'defined later -> stands before the blocks that use it',
      'See [the page][a].\n\nNothing.\n\n[A]: /b "c"',
      ['[A]: /b "c"\n\nSee [the page][a].', 'Nothing.', '[A]: /b "c"\n\n[A]: /b "c"'],
    ],
    ['defined before', '[a]: /b\n\n[a]', ['[a]: /b\n\n[a]: /b', '[a]: /b\n\n[a]']],
    [
      'defined twice -> the first counts',
      '[a]\n\n[a]: /b\n\n[a]: /c',
      ['[a]: /b\n\n[a]', '[a]: /b\n\n[a]: /b', '[a]: /b\n\n[a]: /c'],
    ],
    [
      'used in code that is still being written -> stands before it',
      '[a]: /b\n\n```\n[a]',
      ['[a]: /b\n\n[a]: /b', '[a]: /b\n\n```\n[a]'],
    ],
    [
      'broken over the lines of a quote -> is one line',
      '[a b]\n\n> [A\n> b]:\n> /c',
      ['[A b]: /c\n\n[a b]', '[A b]: /c\n\n> [A\n> b]:\n> /c'],
    ],
    ['within code -> defines nothing', '[a]\n\n```\n[a]: /b\n```', ['[a]', '```\n[a]: /b\n```']],
  ])('%s', (_what, text, blocks) => {
    expect(split(text)).toEqual(blocks);
  });
});

it('a text that defines footnotes is one block, for they are numbered through', () => {
  expect(split('a[^1]\n\nb[^2]')).toHaveLength(2);
  const text = 'a[^1]\n\nb[^2]\n\n[^2]: two\n\n    more\n\n[^1]: one';
  expect(split(text)).toEqual([text]);
});

describe('while text is added', () => {
  const TEXTS = {
    everything:
      '# Title\n\nfirst [a]\n\n- a\n- b\n\n  more\n\n```\ncode\n\n```\n\n| a | b |\n|---|---|\n| c | d |\n\n[a]: /b\n\nlast',
    'a number that becomes an item': '1. a\n\n2. b\n\n3) c\n\n4 d',
    'a mark that becomes a word': 'a\n#b\n> c\n#d\n\n- e\n\n-f\n\n*g*',
    'a fence that is not closed': '```\na\n\n```b\n\n```\n\nend\n\n~~~\n```\n\n~~~\n\nend',
    'a title over several lines': "[a]: /b\n'c\n#d\ne'\n\n[a]\n\n[f]:\n/g\n\nh",
    'a list that goes on': '- a\n\n\n- b\n\n    c\n\n d\n\n\te\n\nf',
    'lines of Windows': 'a\r\n\r\n- b\r\n\r\n- c\r\n\r\n```\r\nd\r\n\r\n```\r\ne',
    'a footnote': 'a[^1]\n\n[^1]: b\n\n    c\n\nd',
  };

  it.each(Object.entries(TEXTS))('%s: the blocks are those of the text at once', (_what, text) => {
    const blocks = new Blocks();
    for (let end = 0; end <= text.length; end += 1) {
      expect(blocks.split(text.slice(0, end))).toEqual(split(text.slice(0, end)));
    }
  });

  it('a text that does not go on from the one before is split anew', () => {
    const blocks = new Blocks();
    blocks.split('a\n\nb\n\nc\n');
    expect(blocks.split('a\n\nx\n\nc\n')).toEqual(['a', 'x', 'c']);
    expect(blocks.split('a\n')).toEqual(['a']);
  });

  it('earlier blocks stay as they are', () => {
    const text = TEXTS.everything.replace('[a]: /b', 'b');
    const whole = split(text);
    for (let end = 1; end < text.length; end += 1) {
      const before = split(text.slice(0, end)).slice(0, -2);
      expect(whole.slice(0, before.length)).toEqual(before);
    }
  });
});
