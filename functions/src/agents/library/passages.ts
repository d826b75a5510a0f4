/** A run of text under one heading, before it is cut into passages. */
export interface Block {
  text: string;
  heading?: string;
}

export interface DocumentPassage {
  n: number;
  text: string;
  heading?: string;
}

/** Blocks under the same heading are joined up to this many characters: enough to be understood when quoted. */
const JOIN_CHARS = 700;
/** A longer block is cut. */
const MAX_CHARS = 1_500;
const MAX_HEADING = 200;

/** Cuts a document into passages, numbered from 1 in reading order. A passage never spans two headings. */
export function toPassages(blocks: Iterable<Block>): DocumentPassage[] {
  const passages: DocumentPassage[] = [];
  for (const block of blocks) {
    const heading = block.heading?.slice(0, MAX_HEADING);
    for (const text of cut(block.text.trim())) {
      const last = passages.at(-1);
      if (last !== undefined && last.heading === heading && last.text.length + text.length < JOIN_CHARS) {
        last.text += `\n\n${text}`;
      } else {
        passages.push({ n: passages.length + 1, text, ...(heading === undefined ? {} : { heading }) });
      }
    }
  }
  return passages;
}

/** At the last line, sentence or word that fits. */
function cut(text: string): string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > MAX_CHARS) {
    const head = rest.slice(0, MAX_CHARS);
    const at = [head.lastIndexOf('\n'), head.lastIndexOf('. ') + 1, head.lastIndexOf(' ')].find(
      (position) => position > MAX_CHARS / 2,
    );
    parts.push(head.slice(0, at ?? MAX_CHARS).trimEnd());
    rest = rest.slice(at ?? MAX_CHARS).trimStart();
  }
  return rest === '' ? parts : [...parts, rest];
}
