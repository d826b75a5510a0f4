import { fromMarkdown, type Extension } from 'mdast-util-from-markdown';
import { gfm } from 'micromark-extension-gfm';

/** A block of the outermost level, with the white space behind it. */
export interface Piece {
  text: string;
  /** Link definitions in it, by what they are compared by, each as Markdown of one line. */
  definitions: (readonly [name: string, markdown: string])[];
  /** It defines a footnote. */
  footnote: boolean;
  /** Whatever text is added, this piece and those before it stay as they are. */
  settled: boolean;
}

interface Point {
  offset?: number | undefined;
}

interface Node {
  type: string;
  identifier?: string;
  position?: { start: Point; end: Point } | undefined;
  children?: Node[];
}

/** Joined, the pieces are the text. */
export function piecesOf(text: string): Piece[] {
  const nodes: Node[] = fromMarkdown(text, {
    extensions: [onlyBlocks],
    mdastExtensions: [blocksOfGfm],
  }).children;
  return nodes.map((node, i): Piece => {
    const next = nodes[i + 1];
    const start = i === 0 ? 0 : lineOf(text, node);
    const end = next === undefined ? text.length : lineOf(text, next);
    const inside = [...within(node)];
    return {
      text: text.slice(start, end),
      definitions: inside.flatMap((one) => definition(text, one)),
      footnote: inside.some(({ type }) => type === 'footnoteDefinition'),
      settled: next !== undefined && isSettled(text, endOf(node), end),
    };
  });
}

/** The lines of a block tell whether it goes on; an empty line and a whole one that belongs to another block end it for good. */
function isSettled(text: string, end: number, next: number): boolean {
  const between = text.slice(end, next).match(/\r\n|\r|\n/g) ?? [];
  return between.length > 1 && /[\r\n]/.test(text.slice(next));
}

/** What stands in a quote or a list may be broken over lines that begin as those do. */
function definition(text: string, node: Node): Piece['definitions'] {
  if (node.type !== 'definition' || node.identifier === undefined) return [];
  const source = text.slice(startOf(node), endOf(node));
  return [[comparable(node.identifier), source.replaceAll(/\s*[\r\n][\s>]*/g, ' ')]];
}

/** Names of definitions are compared without regard to case and white space. */
export function comparable(text: string): string {
  return text
    .replaceAll(/[\s>]+/g, ' ')
    .toLowerCase()
    .toUpperCase();
}

function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* within(child);
}

const startOf = (node: Node) => node.position?.start.offset ?? 0;
const endOf = (node: Node) => node.position?.end.offset ?? 0;

/** Where the line begins in which the node does: its indentation belongs to it. */
function lineOf(text: string, node: Node): number {
  let at = startOf(node);
  while (at > 0 && !'\r\n'.includes(text.charAt(at - 1))) at -= 1;
  return at;
}

const TEXT = [
  'attention',
  'autolink',
  'characterEscape',
  'characterReference',
  'codeText',
  'hardBreakEscape',
  'htmlText',
  'labelEnd',
  'labelStartImage',
  'labelStartLink',
];
/** What lies within the lines of a block is of no concern here, and takes most of the time. */
const onlyBlocks: ReturnType<typeof gfm> = { ...gfm(), text: {}, disable: { null: TEXT } };

const blocksOfGfm: Extension = {
  enter: {
    table(token) {
      this.enter({ type: 'table', children: [] }, token);
    },
    gfmFootnoteDefinition(token) {
      this.enter({ type: 'footnoteDefinition', identifier: '', children: [] }, token);
    },
  },
  exit: {
    table(token) {
      this.exit(token);
    },
    gfmFootnoteDefinition(token) {
      this.exit(token);
    },
  },
};
