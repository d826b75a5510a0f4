import { HTMLElement, NodeType, parse, type Node } from 'node-html-parser';
import type { Parsed } from './parsed.ts';
import type { Block } from '../passages.ts';

const SKIPPED = new Set(['script', 'style', 'noscript', 'template', 'nav', 'svg', 'head', 'title']);
const INLINE = new Set(
  'a abbr b bdi bdo cite code data dfn em i kbd mark q s samp small span strong sub sup time u var wbr'.split(
    ' ',
  ),
);
const HEADING = /^h[1-6]$/;

/** Headings and paragraphs of a page; scripts, styles and navigation are left out. */
export function parseHtml(source: string): Parsed {
  const root = parse(source, { comment: false });
  const blocks: Block[] = [];
  let heading: string | undefined;
  let text = '';
  const flush = () => {
    const trimmed = text.trim();
    if (trimmed !== '') blocks.push({ text: trimmed, ...(heading === undefined ? {} : { heading }) });
    text = '';
  };
  const visit = (node: Node) => {
    if (node.nodeType === NodeType.TEXT_NODE) {
      text += node.text.replaceAll(/\s+/g, ' ');
      return;
    }
    if (!(node instanceof HTMLElement)) return;
    const tag = (node.rawTagName ?? '').toLowerCase();
    if (SKIPPED.has(tag)) return;
    if (HEADING.test(tag)) {
      flush();
      heading = node.text.replaceAll(/\s+/g, ' ').trim();
      return;
    }
    if (tag === 'pre') {
      flush();
      text = node.text;
      flush();
      return;
    }
    const block = !INLINE.has(tag);
    if (block) flush();
    for (const child of node.childNodes) visit(child);
    if (block) flush();
  };
  visit(root);
  flush();
  const title = (root.querySelector('title') ?? root.querySelector('h1'))?.text
    .replaceAll(/\s+/g, ' ')
    .trim();
  return { blocks, ...(title === undefined || title === '' ? {} : { title }) };
}
