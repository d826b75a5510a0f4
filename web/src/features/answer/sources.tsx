import type { Source } from '@longrun/shared';
import { memo } from 'react';
import { Link } from 'wouter';
import { linkTarget } from '../../lib/link.ts';

/** The documents that an answer rests on; citations in the text lead here. */
export const Sources = memo(function Sources({ sources }: { sources: readonly Source[] }) {
  if (sources.length === 0) return null;
  const numbered = sources
    .map((source, i) => ({ source, n: source.n ?? i + 1 }))
    .toSorted((a, b) => a.n - b.n);
  return (
    <section className="sources" aria-labelledby="sources">
      <h2 id="sources">
        Sources <span className="num soft">{sources.length}</span>
      </h2>
      <ol>
        {numbered.map(({ source, n }) => (
          <li key={source.id} id={`source-${n}`}>
            <span className="num soft">{n}</span>
            <div>
              <SourceLink source={source} />
              {source.quote !== undefined && <p>“{source.quote.replaceAll(/\s+/g, ' ').trim()}”</p>}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
});

function SourceLink({ source: { url, title } }: { source: Source }) {
  const target = linkTarget(url);
  if (target === null) return <span>{title}</span>;
  if (target.kind === 'inner') return <Link href={target.href}>{title}</Link>;
  return (
    <a href={target.href} target="_blank" rel="noreferrer">
      {title}
    </a>
  );
}
