import type { Thread } from '@longrun/shared';
import { useCallback, useState, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useTitle } from '../app/title.ts';
import { useNow } from '../lib/clock.ts';
import { ago, exact } from '../lib/format.ts';
import { AskIcon, FailIcon, RunIcon } from '../lib/icons.tsx';
import { useLive } from '../lib/use-live.ts';

const LOOK: Record<Thread['status'], { word: string; tone: string; icon: () => ReactNode } | null> = {
  idle: null,
  busy: { word: 'working', tone: 'go', icon: RunIcon },
  interrupted: { word: 'asks you something', tone: 'ask', icon: AskIcon },
  error: { word: 'ended with an error', tone: 'bad', icon: FailIcon },
};

/** Conversations, the latest first. */
export default function ThreadsPage() {
  useTitle('Threads');
  const [threads, setThreads] = useState<Thread[] | null>(null);
  const [error, setError] = useState<Error | null>(null);
  const now = useNow();
  useLive(
    useCallback((live) => live.watchThreads({ next: setThreads, error: setError }), []),
    setError,
  );
  return (
    <div className="page threads">
      <h1 tabIndex={-1}>Threads</h1>
      {error !== null && (
        <p className="wrong" role="alert">
          The threads cannot be read: {error.message}
        </p>
      )}
      {threads === null && error === null && <p className="soft">Reading your threads…</p>}
      {threads?.length === 0 && <Empty />}
      <div className="run-list">
        {threads?.map((thread) => (
          <Link
            key={thread.thread_id}
            className="run-line thread-line"
            href={`/threads/${thread.thread_id}`}
            data-row
          >
            <span className="title">
              <b>{thread.title === '' ? 'Untitled' : thread.title}</b>
              <ThreadStatus status={thread.status} />
            </span>
            <time
              className="num soft"
              dateTime={thread.updated_at}
              title={exact(Date.parse(thread.updated_at))}
            >
              {ago(Date.parse(thread.updated_at), now)}
            </time>
          </Link>
        ))}
      </div>
    </div>
  );
}

function ThreadStatus({ status }: { status: Thread['status'] }) {
  const look = LOOK[status];
  if (look === null) return <span className="soft">finished</span>;
  const { word, tone, icon: StatusIcon } = look;
  return (
    <span className={`status tone-${tone}`}>
      <StatusIcon />
      {word}
    </span>
  );
}

function Empty() {
  const [, go] = useLocation();
  return (
    <div className="empty-state">
      <h2>No conversations yet</h2>
      <p className="soft">
        Each request begins a thread. Follow-up questions join it, and remember what was said.
      </p>
      <button type="button" className="primary" onClick={() => go('/')}>
        Begin one
      </button>
    </div>
  );
}
