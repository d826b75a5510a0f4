import { comparable, piecesOf, type Piece } from './pieces.ts';

/**
 * Splits an answer into blocks that can be rendered apart: each brings along the link definitions that it may use. While
 * text is added, only what may still change is parsed again. Footnotes are numbered through a whole text, so one that
 * defines some is a single block.
 */
export class Blocks {
  /** What no further text changes, and the text that it is. */
  #settled: Piece[] = [];
  #text = '';

  /** The blocks of `text`, as Markdown; quick when it begins with the text that was given before. */
  split(text: string): string[] {
    if (!text.startsWith(this.#text)) {
      this.#settled = [];
      this.#text = '';
    }
    const open = piecesOf(text.slice(this.#text.length));
    const pieces = [...this.#settled, ...open];
    this.#settle(open);
    if (pieces.some(({ footnote }) => footnote)) return [text];
    const definitions = new Map(pieces.flatMap((piece) => piece.definitions).toReversed());
    return pieces.map((piece) => withDefinitions(piece.text.trimEnd(), definitions));
  }

  #settle(open: readonly Piece[]): void {
    const settled = open.slice(0, open.findLastIndex((piece) => piece.settled) + 1);
    this.#settled.push(...settled);
    this.#text += settled.map((piece) => piece.text).join('');
  }
}

/** Definitions stand in front, where nothing that is still open takes them in. */
function withDefinitions(text: string, definitions: ReadonlyMap<string, string>): string {
  if (definitions.size === 0) return text;
  const words = comparable(text);
  const used = [...definitions].filter(([name]) => words.includes(name)).map(([, markdown]) => markdown);
  return used.length === 0 ? text : `${used.join('\n')}\n\n${text}`;
}
