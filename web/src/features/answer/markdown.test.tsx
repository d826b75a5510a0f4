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
