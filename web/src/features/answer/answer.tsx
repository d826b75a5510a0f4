import type { MessageView, Source } from '@longrun/shared';
import { lazy, memo, Suspense } from 'react';

const loadMarkdown = () => import('./markdown.tsx');
const MarkdownText = lazy(loadMarkdown);

/** Fetches the Markdown code before it is needed. */
export function preloadMarkdown(): void {
  // A chunk that cannot be loaded is reported when it is used.
  loadMarkdown().catch(() => undefined);
}

/** One message of the run as prose; plain text stands in its place while the Markdown code loads. */
export const AnswerText = memo(function AnswerText(props: {
  message: MessageView;
  sources: readonly Source[];
}) {
  const { message, sources } = props;
  const streaming = message.state === 'streaming';
  return (
    <div
      className={`prose ${streaming ? 'streaming' : ''}`}
      data-message={message.id}
      data-state={message.state}
    >
      <Suspense fallback={<p className="plain">{message.text}</p>}>
        <MarkdownText text={message.text} sources={sources} />
      </Suspense>
      {message.state === 'partial' && <p className="note">The run ended here, before this text was whole.</p>}
    </div>
  );
});

/** Markdown that is not an answer: explanations, descriptions. */
export function Prose({ text }: { text: string }) {
  return (
    <div className="prose small">
      <Suspense fallback={<p className="plain">{text}</p>}>
        <MarkdownText text={text} sources={NO_SOURCES} />
      </Suspense>
    </div>
  );
}

const NO_SOURCES: readonly Source[] = [];

export function Notes({ message, name }: { message: MessageView; name: string }) {
  return (
    <details className="notes">
      <summary>Working notes · {name}</summary>
      <pre>{message.text}</pre>
    </details>
  );
}
