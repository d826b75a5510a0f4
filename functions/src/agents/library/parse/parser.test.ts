import { deflateSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { Parser } from './parser.ts';

const parsers: Parser[] = [];
afterEach(async () => {
  for (const parser of parsers.splice(0)) await parser.close();
});
function parserOf(limits: ConstructorParameters<typeof Parser>[0] = {}): Parser {
  const parser = new Parser(limits);
  parsers.push(parser);
  return parser;
}
const bytes = (text: string) => new TextEncoder().encode(text);
const MINUTE = { maxMs: 60_000 };

/** One page whose content was packed twice: a few kB that unfold to `size` bytes. */
function bomb(size: number): Uint8Array {
  const packed = deflateSync(deflateSync(Buffer.alloc(size, ' '), { level: 9 }), { level: 9 });
  const stream = `<< /Length ${packed.length} /Filter [/FlateDecode /FlateDecode] >>`;
  return Buffer.concat([
    Buffer.from(
      '%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n' +
        '2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n' +
        '3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>\nendobj\n' +
        `4 0 obj\n${stream}\nstream\n`,
      'latin1',
    ),
    packed,
    Buffer.from('\nendstream\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n', 'latin1'),
  ]);
}

describe('a document that is made to do harm', () => {
  test('takes too long -> its reason; the next one is read', async () => {
    const parser = parserOf({ maxMs: 1 });
    // Cells of rows that are not there are made up to a limit, each of them an object.
    const wide = `${'|a'.repeat(15_000)}\n${'|-'.repeat(15_000)}\n${'|a\n'.repeat(15_000)}`;
    await expect(parser.parse('markdown', bytes(wide))).rejects.toThrow(
      'It takes more than 0.001 s to read.',
    );
    const patient = parserOf(MINUTE);
    expect(await patient.parse('markdown', bytes('# Fine'))).toEqual({ title: 'Fine', blocks: [] });
  });

  test('takes too much memory, of buffers as of objects -> its reason; the next one is read by the same parser', async () => {
    const parser = parserOf({ ...MINUTE, maxMb: 60 });
    const packed = bomb(200_000_000);
    expect(packed.length).toBeLessThan(3_000);
    const nested = `${'<div>'.repeat(10_000)}${'<b a=1>'.repeat(130_000)}`;
    for (const [format, hostile] of [
      ['pdf', packed],
      ['html', bytes(nested)],
    ] as const) {
      await expect(parser.parse(format, hostile)).rejects.toThrow(
        'It takes more than 60 MB of memory to read.',
      );
      expect(await parser.parse('text', bytes('fine'))).toEqual({ blocks: [{ text: 'fine' }] });
    }
  });

  test.each<[string, string]>([
    ['brackets', '['.repeat(80_000)],
    ['images in images', `${'![['.repeat(40_000)}${']'.repeat(40_000)}`],
    ['links', '[a]('.repeat(40_000)],
    ['emphasis', '*a **b '.repeat(40_000)],
    ['quotes', '> '.repeat(80_000)],
    ['lists', `${' '.repeat(4)}- `.repeat(40_000)],
    ['comments', '<!-- '.repeat(40_000)],
    ['tags', '<a '.repeat(80_000)],
    ['backticks', Array.from({ length: 600 }, (_, i) => '`'.repeat(i)).join(' ')],
  ])('Markdown of %s alone -> is read as text, within the limits', async (_, text) => {
    expect((await parserOf(MINUTE).parse('markdown', bytes(text))).blocks.length).toBeLessThan(3);
  });

  test('is nested without end, which its reader takes for ever for -> its reason', async () => {
    const parser = parserOf({ maxMs: 5_000 });
    const nested = bytes('<div>'.repeat(100_000));
    await expect(parser.parse('html', nested)).rejects.toThrow('It takes more than 5 s to read.');
    expect(await parser.parse('text', bytes('fine'))).toEqual({ blocks: [{ text: 'fine' }] });
  });

  test('is broken -> what its reader says', async () => {
    await expect(parserOf(MINUTE).parse('pdf', bytes('no pdf'))).rejects.toThrow(/PDF/);
  });
});
