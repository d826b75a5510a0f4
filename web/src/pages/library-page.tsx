import { useEffect, useState } from 'react';
import { useTitle } from '../app/title.ts';
import { passagesOf, type Passage } from '../features/library/passages.ts';
import { ApiError, type LibraryDocument } from '../lib/api.ts';
import { Problem } from '../lib/problem.tsx';
import { useServices } from '../lib/services.ts';

/** A document that answers quote from, opened at the passage. */
export default function LibraryPage({ id }: { id: string }) {
  const { api } = useServices();
  const [found, setFound] = useState<LibraryDocument | null>(null);
  const [error, setError] = useState<Error | null>(null);
  useTitle(found?.title ?? 'Document');
  useEffect(() => {
    api.document(id).then(setFound, setError);
  }, [api, id]);
  useEffect(() => {
    if (found === null) return;
    const target = document.getElementById(location.hash.slice(1));
    target?.scrollIntoView({ block: 'center' });
    target?.classList.add('aimed');
  }, [found]);
  if (error !== null) {
    const missing = error instanceof ApiError && error.status === 404;
    return (
      <Problem
        title={missing ? 'There is no such document' : 'The document cannot be read'}
        text={missing ? 'It may have been removed from the library.' : error.message}
        {...(missing ? {} : { detail: `${id}\n${String(error)}` })}
      />
    );
  }
  if (found === null) return <p className="page soft">Opening the document…</p>;
  return (
    <article className="page document">
      <div className="crumbs">
        <span>Library</span>
        <span aria-hidden="true">/</span>
        <code>{id}</code>
      </div>
      <h1 tabIndex={-1}>{found.title}</h1>
      {passagesOf(found).map((passage) => (
        <Paragraph key={passage.n} passage={passage} />
      ))}
    </article>
  );
}

function Paragraph({ passage }: { passage: Passage }) {
  return (
    <section className="passage" id={`p${passage.n}`}>
      {passage.heading !== undefined && passage.heading !== '' && <h2>{passage.heading}</h2>}
      <p>{passage.text}</p>
    </section>
  );
}
