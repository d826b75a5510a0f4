import { render, screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import MarkdownText from './markdown.tsx';

describe('links of an answer', () => {
  test('lead to a page of the application, to another site, or are words', () => {
    const text =
      '[ours](/library/a) [theirs](https://b.example/x) [host](//evil.example) [script](javascript:alert(1)) [file](x.md) [here](#x)';
    render(<MarkdownText text={text} sources={[]} />);
    const link = (name: string) => screen.getByRole('link', { name });
    expect([link('ours').getAttribute('href'), link('ours').getAttribute('target')]).toEqual([
      '/library/a',
      null,
    ]);
    expect([link('theirs').getAttribute('href'), link('theirs').getAttribute('target')]).toEqual([
      'https://b.example/x',
      '_blank',
    ]);
    expect(link('here').getAttribute('href')).toBe('#x');
    for (const words of ['host', 'script', 'file']) expect(screen.getByText(words).tagName).toBe('SPAN');
  });
});

describe('what blocks need of each other', () => {
  const linkTo = (name: string) => screen.getByRole('link', { name }).getAttribute('href');

  test('a link that is defined later -> leads there as soon as it is defined', () => {
    const { rerender } = render(<MarkdownText text={'See [the page][a].\n\n- [b]\n'} sources={[]} />);
    expect(screen.queryByRole('link')).toBeNull();
    rerender(
      <MarkdownText
        text={'See [the page][a].\n\n- [b]\n\n[A]: https://a.example\n[b]: <https://b.example> "B"'}
        sources={[]}
      />,
    );
    expect([linkTo('the page'), linkTo('b')]).toEqual(['https://a.example/', 'https://b.example/']);
  });

  test('footnotes -> numbers in the order of the text, which lead to the notes and back', () => {
    const text = 'One[^x], two[^y].\n\nAgain[^x].\n\n[^y]: note of y\n\n[^x]: note of x';
    const { container } = render(<MarkdownText text={text} sources={[]} />);
    const notes = [...container.querySelectorAll('.footnotes li')];
    expect(notes.map((note) => note.querySelector('p')?.textContent)).toEqual([
      'note of x ↩ ↩2',
      'note of y ↩',
    ]);
    const [first] = screen.getAllByRole('link', { name: 'Footnote 1' });
    expect(first?.getAttribute('href')).toBe(`#${notes[0]?.id}`);
    const back = screen.getByRole('link', { name: 'Back to reference 1' });
    expect(back.getAttribute('href')).toBe(`#${first?.id}`);
  });

  test('two answers of one page -> each has footnotes of its own', () => {
    const note = (words: string) => <MarkdownText text={`a[^1]\n\n[^1]: ${words}`} sources={[]} />;
    const { container } = render(
      <>
        {note('one')}
        {note('two')}
      </>,
    );
    const ids = [...container.querySelectorAll('.footnotes li')].map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    expect(container.querySelectorAll('[id="footnote-label"]')).toHaveLength(0);
  });

  test('a table that is being written -> a table as soon as it is one', () => {
    const { container, rerender } = render(<MarkdownText text={'| a | b |\n'} sources={[]} />);
    expect(container.querySelector('table')).toBeNull();
    rerender(<MarkdownText text={'| a | b |\n|--|--|\n| c |'} sources={[]} />);
    expect([...container.querySelectorAll('th, td')].map((cell) => cell.textContent)).toEqual([
      'a',
      'b',
      'c',
      '',
    ]);
  });

  test('code that is being written -> code and nothing else, whatever is defined', () => {
    const text = '[a]: https://a.example\n\n[a]\n\n```ts\nlist[a]\n\n[b]: c\n\n# d';
    const { container } = render(<MarkdownText text={text} sources={[]} />);
    expect(container.querySelector('code')?.textContent).toBe('list[a]\n\n[b]: c\n\n# d\n');
    expect(container.querySelectorAll('p, h2')).toHaveLength(1);
  });
});
