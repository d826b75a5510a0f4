import {
  answerOf,
  isActive,
  isTerminal,
  messageViews,
  type MessageView,
  type Run,
  type RunView,
} from '@longrun/shared';
import { useMemo } from 'react';
import { useLocation } from 'wouter';
import { Notes } from '../answer/answer.tsx';
import { Sources } from '../answer/sources.tsx';
import { Composer } from '../composer/composer.tsx';
import { useDraft } from '../composer/use-draft.ts';
import { useNames } from '../runs/graphs.ts';
import { useServices } from '../../lib/services.ts';
import { Ended } from './ended.tsx';
import { Heartbeat } from './heartbeat.tsx';
import { Request } from './request.tsx';
import { Said } from './said.tsx';

/** Request, answer, sources: what a person came for. */
export function Article(props: { run: Run; view: RunView; heardAt: number; retriedBy: string | null }) {
  const { run, view, heardAt, retriedBy } = props;
  const names = useNames(run.assistant_id);
  // A run whose log is not here yet shows what its document holds.
  const known = view.run !== undefined;
  const answer = useMemo(
    () =>
      known
        ? answerOf(view)
        : messageViews(run.messages).filter(({ type, text }) => type === 'ai' && text !== ''),
    [known, view, run.messages],
  );
  // The document of a live run knows its sources before the log says what was written: both come together.
  const ready = known || isTerminal(run.status) || run.head.seq <= 1;
  const notes = view.messages.filter((message) => message.state === 'notes' && message.text !== '');
  return (
    <article className="answer" aria-label="Request and answer">
      <Request input={run.input ?? view.input} />
      {notes.map((message) => (
        <Notes key={message.id} message={message} name={names.step(message.node ?? 'step')} />
      ))}
      <Said run={run} answer={answer} events={view.events} />
      {ready && answer.length === 0 && <Nothing run={run} messages={view.messages} />}
      <Ended run={run} view={view} retriedBy={retriedBy} />
      {isActive(run.status) && <Heartbeat heardAt={heardAt} at={view.lastAt} run={run} />}
      {ready && <Sources sources={run.sources} />}
      {isTerminal(run.status) && <FollowUp run={run} />}
    </article>
  );
}

function Nothing({ run, messages }: { run: Run; messages: readonly MessageView[] }) {
  if (isActive(run.status)) {
    return (
      <div className="waiting">
        <p>The answer is written here as it comes.</p>
        <p className="soft">
          You can close this page. The run goes on, and the result will be here when you return.
        </p>
      </div>
    );
  }
  if (run.status === 'completed' && run.output !== null && messages.length === 0) {
    return (
      <figure className="code">
        <figcaption>Result</figcaption>
        <pre>{JSON.stringify(run.output, null, 2)}</pre>
      </figure>
    );
  }
  return null;
}

function FollowUp({ run }: { run: Run }) {
  const { creations } = useServices();
  const [, go] = useLocation();
  const [text, change] = useDraft(`thread:${run.thread_id}`);
  const send = () => {
    creations.start({
      assistant_id: run.assistant_id,
      thread_id: run.thread_id,
      multitask_strategy: 'enqueue',
      input: { messages: [{ role: 'user', content: text.trim() }] },
    });
    change('');
    go(`/threads/${run.thread_id}`);
  };
  return (
    <section className="follow-up">
      <Composer
        label="Ask a follow-up"
        placeholder="Ask a follow-up…"
        value={text}
        onChange={change}
        onSend={send}
        action="Ask"
        rows={1}
      />
    </section>
  );
}
