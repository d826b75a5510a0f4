import { expect, test } from 'vitest';
import { textsOf } from './texts.ts';

const value = {
  title: 'T',
  none: null,
  year: 2026,
  chapters: [{ content: 'one', notes: ['n1', 'n2'] }, { content: 'two' }, 'loose'],
};

test.each<[string[] | false | null, string[]]>([
  [null, ['T', '2026', 'one', 'n1', 'n2', 'two', 'loose']],
  [['$'], ['T', '2026', 'one', 'n1', 'n2', 'two', 'loose']],
  [false, []],
  [
    ['title', 'year'],
    ['T', '2026'],
  ],
  [['chapters[*].content'], ['one', 'two']],
  [['chapters[0].notes[-1]'], ['n2']],
  [['chapters[0]'], ['one', 'n1', 'n2']],
  [['none.deeper', 'title.x', 'chapters[9].content', 'chapters[x]', 'constructor.name', '[['], []],
])('index %j -> %j', (paths, texts) => {
  expect(textsOf(value, paths)).toEqual(texts);
});
