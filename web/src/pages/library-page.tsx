import { useEffect, useState } from 'react';
import { useTitle } from '../app/title.ts';
import { Prose } from '../features/answer/answer.tsx';
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
  const passages = passagesOf(found);
  const markdown = found.format === 'markdown' && passages.length <= MAX_MARKDOWN;
  return (
    <article className="page document">
      <div className="crumbs">
        <span>Library</span>
        <span aria-hidden="true">/</span>
        <code>{id}</code>
      </div>
      <h1 tabIndex={-1}>{found.title}</h1>
      {passages.map((passage, i) => (
        <Paragraph
          key={passage.n}
          passage={passage}
          first={passage.heading !== passages[i - 1]?.heading}
          markdown={markdown}
        />
      ))}
    </article>
  );
}

/** More passages than this are shown as the text they are: parsing them all would hold up the page. */
const MAX_MARKDOWN = 400;

/** `first`: the passage is the first one below its heading. */
function Paragraph(props: { passage: Passage; first: boolean; markdown: boolean }) {
  const { passage, first, markdown } = props;
  return (
    <section className="passage" id={`p${passage.n}`}>
      {first && passage.heading !== undefined && passage.heading !== '' && <h2>{passage.heading}</h2>}
      {markdown ? <Prose text={passage.text} /> : <p>{passage.text}</p>}
    </section>
  );
}
