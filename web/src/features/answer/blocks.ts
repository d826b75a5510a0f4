/**
 * Splits Markdown where a blank line surely ends a block, so that each can be parsed alone. A fenced code block
 * and a list with its blank lines stay whole.
 */
export function splitBlocks(text: string): string[] {
  const blocks: string[] = [];
  let lines: string[] = [];
  let fence: string | null = null;
  let blank = false;
  for (const line of text.split('\n')) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
    if (fence === null && blank && line.trim() !== '' && !continues(line, lines)) {
      blocks.push(lines.join('\n'));
      lines = [];
    }
    if (mark !== undefined) {
      if (fence === null) fence = mark;
      else if (mark.startsWith(fence)) fence = null;
    }
    lines.push(line);
    blank = line.trim() === '';
  }
  if (lines.some((line) => line.trim() !== '')) blocks.push(lines.join('\n'));
  return blocks;
}

const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])\s/;

/** A line after a blank one that still belongs to the block above: indented, or a further item of its list. */
function continues(line: string, block: readonly string[]): boolean {
  if (block.length === 0) return true;
  if (/^(?: {2,}|\t)/.test(line)) return true;
  return LIST.test(line) && block.some((earlier) => LIST.test(earlier));
}
