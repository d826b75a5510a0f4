interface Node {
  type: string;
  value?: string;
  url?: string;
  children?: Node[];
}

/** A remark plugin: `[2]` becomes a link to source 2, when there is such a source. */
export function citations(known: ReadonlySet<number>) {
  return (tree: unknown): void => {
    if (isNode(tree)) walk(tree, known);
  };
}

function walk(node: Node, known: ReadonlySet<number>): void {
  if (node.children === undefined || node.type === 'link') return;
  node.children = node.children.flatMap((child) => {
    if (child.type === 'text' && child.value !== undefined) return split(child.value, known);
    walk(child, known);
    return [child];
  });
}

function split(text: string, known: ReadonlySet<number>): Node[] {
  const parts: Node[] = [];
  let from = 0;
  // `[1]`, and lists such as `[1, 3]`
  for (const match of text.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)) {
    const numbers = (match[1] ?? '').split(',').map(Number);
    if (!numbers.every((n) => known.has(n))) continue;
    if (match.index > from) parts.push({ type: 'text', value: text.slice(from, match.index) });
    for (const n of numbers) {
      parts.push({ type: 'link', url: `#source-${n}`, children: [{ type: 'text', value: String(n) }] });
    }
    from = match.index + match[0].length;
  }
  if (from === 0) return [{ type: 'text', value: text }];
  if (from < text.length) parts.push({ type: 'text', value: text.slice(from) });
  return parts;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}
