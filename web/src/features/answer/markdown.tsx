import type { Source } from '@longrun/shared';
import {
  Children,
  isValidElement,
  memo,
  useId,
  useMemo,
  useState,
  type ComponentProps,
  type ReactNode,
} from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CopyButton } from '../../lib/copy-button.tsx';
import { linkTarget } from '../../lib/link.ts';
import { Blocks } from './blocks.ts';
import { citations } from './citations.ts';

/** Loaded when the first answer is shown. Raw HTML in an answer stays text, and links are limited to safe kinds. */
export default function MarkdownText({ text, sources }: { text: string; sources: readonly Source[] }) {
  const [blocks] = useState(() => new Blocks());
  const parts = useMemo(() => blocks.split(text), [blocks, text]);
  const place = useId();
  const numbers = sources.map((source, i) => source.n ?? i + 1).join(',');
  return parts.map((part, i) => (
    // Blocks are only ever appended, so their place is their identity.
    // oxlint-disable-next-line react/no-array-index-key
    <Block key={i} text={part} numbers={numbers} place={place} />
  ));
}

interface BlockProps {
  text: string;
  numbers: string;
  /** Unlike that of any other text on the page: what ids of footnotes begin with. */
  place: string;
}

/** A block that did not change is not parsed again: while text streams, that is all but the last. */
const Block = memo(function Block({ text, numbers, place }: BlockProps) {
  const plugins = useMemo<ComponentProps<typeof Markdown>['remarkPlugins']>(
    () => [remarkGfm, [citations, new Set(numbers.split(',').map(Number))]],
    [numbers],
  );
  const footnotes = useMemo(() => ({ clobberPrefix: `${place}-` }), [place]);
  return (
    <Markdown
      remarkPlugins={plugins}
      remarkRehypeOptions={footnotes}
      components={components}
      skipHtml={false}
    >
      {text}
    </Markdown>
  );
});

/** A link to a part of the page stays on it; whatever leads nowhere that it may is its words. */
function AnswerLink({
  href,
  label,
  children,
}: {
  href: string;
  label: string | undefined;
  children: ReactNode;
}) {
  const target = href.startsWith('#') ? { kind: 'inner' as const, href } : linkTarget(href);
  if (target === null) return <span>{children}</span>;
  return (
    <a
      href={target.href}
      aria-label={label}
      {...(target.kind === 'outer' ? { target: '_blank', rel: 'noreferrer' } : {})}
    >
      {children}
    </a>
  );
}

const components: Components = {
  a({ href = '', id, 'aria-label': label, children }) {
    if (href.startsWith('#source-')) {
      return (
        <a className="cite" href={href} aria-label={`Source ${href.slice('#source-'.length)}`}>
          {children}
        </a>
      );
    }
    // Of links, only the number of a footnote has an id: the footnote leads back to it.
    if (id !== undefined) {
      return (
        <a id={id} href={href} aria-label={`Footnote ${String(children)}`}>
          {children}
        </a>
      );
    }
    return (
      <AnswerLink href={href} label={label}>
        {children}
      </AnswerLink>
    );
  },
  // The box of a task list; it tells, and cannot be changed.
  input: ({ checked = false }) => (
    <input type="checkbox" checked={checked} disabled aria-label={checked ? 'done' : 'open'} />
  ),
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    // A wide table scrolls by itself, and a keyboard can reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className="table" aria-label="Table" tabIndex={0}>
      <table>{children}</table>
    </section>
  ),
  // Answers stand below the title of the page, and their own levels are whatever the model chose.
  h1: ({ children }) => <h2>{children}</h2>,
  h2: ({ children }) => <h2>{children}</h2>,
  h3: ({ children }) => <h2>{children}</h2>,
  h4: ({ children }) => <h3>{children}</h3>,
  h5: ({ children }) => <h3>{children}</h3>,
  h6: ({ children }) => <h3>{children}</h3>,
  img: ({ alt }) => <em>{alt}</em>,
};

function CodeBlock({ children }: { children: ReactNode }) {
  const code = Children.toArray(children).find((child) =>
    isValidElement<{ className?: string; children?: ReactNode }>(child),
  );
  const props = isValidElement<{ className?: string; children?: ReactNode }>(code) ? code.props : {};
  const language = /language-(\S+)/.exec(props.className ?? '')?.[1] ?? 'text';
  const text = String(props.children ?? '');
  return (
    <figure className="code">
      <figcaption>
        {language}
        <CopyButton text={text} label="Copy code" />
      </figcaption>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- long lines scroll, by keyboard too */}
      <pre tabIndex={0}>{children}</pre>
    </figure>
  );
}
