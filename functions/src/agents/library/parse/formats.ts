import { extname } from 'node:path';
import type { Parsed } from './parsed.ts';

export type Format = 'markdown' | 'text' | 'html' | 'pdf';

const BY_EXTENSION: Record<string, Format> = {
  '.md': 'markdown',
  '.txt': 'text',
  '.html': 'html',
  '.htm': 'html',
  '.pdf': 'pdf',
};

/** Largest file read, in bytes. */
export const MAX_BYTES: Record<Format, number> = {
  markdown: 512_000,
  text: 1_000_000,
  html: 1_000_000,
  pdf: 10_000_000,
};

export function formatOf(name: string): Format | undefined {
  const extension = extname(name).toLowerCase();
  return Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
}

/** Throws when the bytes are not what the format says. Parsers are loaded when first needed. */
export async function parseFile(format: Format, bytes: Uint8Array): Promise<Parsed> {
  switch (format) {
    case 'markdown': {
      const { parseMarkdown } = await import('./markdown.ts');
      return parseMarkdown(textOf(bytes));
    }
    case 'text':
      return {
        blocks: textOf(bytes)
          .split(/\r?\n\s*\n/)
          .map((text) => ({ text })),
      };
    case 'html': {
      const { parseHtml } = await import('./html.ts');
      return parseHtml(textOf(bytes));
    }
    case 'pdf': {
      const { extractText, getDocumentProxy } = await import('unpdf');
      // PDF.js takes the buffer over, and insists on a plain Uint8Array. Verbosity 0: errors are thrown, not printed.
      const document = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 });
      const { text } = await extractText(document, { mergePages: false }).finally(() => document.cleanup());
      return { blocks: text.map((page, i) => ({ text: page, heading: `Page ${i + 1}` })) };
    }
  }
}

function textOf(bytes: Uint8Array): string {
  if (bytes.subarray(0, 8_000).includes(0)) throw new Error('It is not text.');
  return new TextDecoder().decode(bytes);
}
