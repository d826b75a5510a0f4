import MarkdownIt, { type Token } from 'markdown-it';
import type { Block } from '../passages.ts';
import type { Parsed } from './parsed.ts';

const parser = new MarkdownIt('commonmark', { html: true }).enable(['table', 'strikethrough']);

/** Headings and paragraphs of Markdown, in plain words; code keeps its fence. */
export function parseMarkdown(source: string): Parsed {
  const reader = new Reader();
  for (const token of parser.parse(source, {})) reader.read(token);
  return reader.parsed();
}

class Reader {
  readonly #blocks: Block[] = [];
  #title: string | undefined;
  #heading: string | undefined;
  #level = 0;
  #lines: string[] = [];
  #cells: string[] | undefined;
  /** Of the lists that the present token lies in: the next number, or none. */
  readonly #lists: (number | undefined)[] = [];
  #mark = '';

  parsed(): Parsed {
    this.#flush();
    return { blocks: this.#blocks, ...(this.#title === undefined ? {} : { title: this.#title }) };
  }

  read(token: Token): void {
    switch (token.type) {
      case 'heading_open':
        this.#flush();
        this.#level = Number(token.tag.slice(1));
        break;
      case 'heading_close':
        this.#level = 0;
        break;
      case 'inline':
        this.#inline(words(token.children ?? []));
        break;
      case 'paragraph_close':
        if (this.#lists.length === 0) this.#flush();
        break;
      case 'bullet_list_open':
        this.#lists.push(undefined);
        break;
      case 'ordered_list_open':
        this.#lists.push(Number(token.attrGet('start') ?? 1));
        break;
      case 'list_item_open':
        this.#mark = this.#nextMark();
        break;
      case 'bullet_list_close':
      case 'ordered_list_close':
        this.#lists.pop();
        if (this.#lists.length === 0) this.#flush();
        break;
      case 'tr_open':
        this.#cells = [];
        break;
      case 'tr_close':
        if (this.#cells !== undefined) this.#lines.push(`| ${this.#cells.join(' | ')} |`);
        this.#cells = undefined;
        break;
      case 'table_close':
        this.#flush();
        break;
      case 'fence':
      case 'code_block':
        this.#code(token);
        break;
      case 'html_block':
        this.#flush();
        this.#lines.push(withoutTags(token.content));
        this.#flush();
        break;
    }
  }

  #inline(text: string): void {
    const said = text.replace(/^\s*\[!\w+\]\s*/, '').trim();
    if (this.#level > 0) {
      if (this.#level === 1 && said !== '') this.#title ??= said;
      if (said !== '') this.#heading = said;
    } else if (this.#cells !== undefined) this.#cells.push(said.replaceAll('\n', ' '));
    else if (said !== '') {
      this.#lines.push(`${this.#mark}${said}`);
      this.#mark = '';
    }
  }

  #nextMark(): string {
    const number = this.#lists.at(-1);
    if (number === undefined) return '- ';
    this.#lists[this.#lists.length - 1] = number + 1;
    return `${number}. `;
  }

  #code({ info, content, markup }: Token): void {
    this.#flush();
    const fence = markup === '' ? '```' : markup;
    this.#lines.push(`${fence}${info.trim()}\n${content.trimEnd()}\n${fence}`);
    this.#flush();
  }

  #flush(): void {
    const text = this.#lines.join('\n').trim();
    const heading = this.#heading;
    if (text !== '') this.#blocks.push({ text, ...(heading === undefined ? {} : { heading }) });
    this.#lines = [];
  }
}

/** Links become their words; images, tags and emphasis go. Inline code keeps its backticks. */
function words(children: readonly Token[]): string {
  return children
    .map(({ type, content }) => {
      if (type === 'text') return content;
      if (type === 'code_inline') return `\`${content}\``;
      return type === 'softbreak' || type === 'hardbreak' ? '\n' : '';
    })
    .join('');
}

function withoutTags(html: string): string {
  return withoutComments(html)
    .replaceAll(/<[^<>]*>/g, '')
    .replaceAll(/\s*\n\s*/g, '\n');
}

function withoutComments(html: string): string {
  let text = '';
  let at = 0;
  for (let open = html.indexOf('<!--'); open !== -1; open = html.indexOf('<!--', at)) {
    text += html.slice(at, open);
    const close = html.indexOf('-->', open);
    if (close === -1) return text;
    at = close + 3;
  }
  return text + html.slice(at);
}
