import type { Block } from './passages.ts';

export interface Parsed {
  title?: string;
  blocks: Block[];
}

const FENCE = /^\s{0,3}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/;
const NOISE = /^\s*(?:\[[^\]]+\]:\s|\|?[\s:|-]+\|[\s:|-]*$|<!--.*-->\s*$|(?:[-*_]\s*){3,}$)/;

/** Headings and paragraphs of Markdown, in plain words; code keeps its fence. */
export function parseMarkdown(source: string): Parsed {
  const blocks: Block[] = [];
  let title: string | undefined;
  let heading: string | undefined;
  let lines: string[] = [];
  let fence: string | undefined;
  const flush = () => {
    const text = lines.join('\n').trim();
    if (text !== '') blocks.push({ text, ...(heading === undefined ? {} : { heading }) });
    lines = [];
  };
  const open = (level: number, name: string) => {
    flush();
    if (level === 1 && name !== '') title ??= name;
    heading = name === '' ? heading : name;
  };
  for (const line of withoutComments(source).split(/\r?\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined || mark !== undefined) {
      if (fence === undefined) flush();
      lines.push(line);
      if (fence === undefined) fence = mark;
      else if (mark !== undefined && mark.startsWith(fence)) {
        fence = undefined;
        flush();
      }
      continue;
    }
    const atx = HEADING.exec(line);
    const underline = /^ {0,3}(=+|-{2,})\s*$/.exec(line)?.[1];
    if (atx !== null) open(atx[1]?.length ?? 1, plain(atx[2] ?? ''));
    else if (underline !== undefined && lines.length === 1) {
      const [name = ''] = lines.splice(0);
      open(underline.startsWith('=') ? 1 : 2, name.trim());
    } else if (line.trim() === '') flush();
    else if (!NOISE.test(line)) {
      const text = plain(line);
      if (text.trim() !== '') lines.push(text);
    }
  }
  flush();
  return { blocks, ...(title === undefined ? {} : { title }) };
}

function withoutComments(source: string): string {
  return source.replaceAll(/<!--[\s\S]*?-->/g, '');
}

/** Links become their words; images, tags and emphasis go. Inline code keeps its backticks. */
function plain(line: string): string {
  return line
    .split(/(`[^`]+`)/)
    .map((part, i) => (i % 2 === 1 ? part : words(part)))
    .join('')
    .replaceAll(/\[(`[^`]+`)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replace(/^\s*>[\s>]*/, '')
    .replace(/^\[!\w+\]\s*/, '');
}

function words(text: string): string {
  return text
    .replaceAll(/!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])?/g, '')
    .replaceAll(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, '$1')
    .replaceAll(/<\/?[a-zA-Z][^<>]*>/g, '')
    .replaceAll(/(\*\*|__)(?=\S)/g, '')
    .replaceAll(/(?<=\S)(\*\*|__)/g, '');
}
