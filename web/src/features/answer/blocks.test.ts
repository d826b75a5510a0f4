import { describe, expect, it } from 'vitest';
import { splitBlocks } from './blocks.ts';

describe('splitting an answer into blocks', () => {
  it('paragraphs are blocks', () => {
    expect(splitBlocks('one\ntwo\n\nthree')).toEqual(['one\ntwo\n', 'three']);
  });

  it('a code block keeps its blank lines, also while it is still being written', () => {
    expect(splitBlocks('```ts\na\n\nb\n```\n\nend')).toEqual(['```ts\na\n\nb\n```\n', 'end']);
    expect(splitBlocks('```ts\na\n\nb')).toEqual(['```ts\na\n\nb']);
  });

  it('a list with blank lines stays one list', () => {
    expect(splitBlocks('1. a\n\n2. b\n\n   more of b\n\nend')).toEqual([
      '1. a\n\n2. b\n\n   more of b\n',
      'end',
    ]);
  });

  it('what was split stays split while text is added', () => {
    const text = '# Title\n\nfirst\n\n- a\n- b\n\n```\ncode\n```\n\nlast';
    for (let end = 1; end < text.length; end += 1) {
      const before = splitBlocks(text.slice(0, end));
      const whole = splitBlocks(text);
      for (const [i, block] of before.slice(0, -2).entries()) expect(whole[i]).toBe(block);
    }
  });
});
