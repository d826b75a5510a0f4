import type { Run, RunStatus } from '@longrun/shared';
import type { ReactNode } from 'react';
import { askLine } from '../questions/question.ts';
import { AskIcon, CheckIcon, FailIcon, RunIcon, StopIcon, WaitIcon } from '../../lib/icons.tsx';

const LOOK: Record<RunStatus, { word: string; tone: string; icon: () => ReactNode }> = {
  pending: { word: 'Queued', tone: 'soft', icon: WaitIcon },
  running: { word: 'Running', tone: 'go', icon: RunIcon },
  interrupted: { word: 'Asks you', tone: 'ask', icon: AskIcon },
  completed: { word: 'Done', tone: 'ok', icon: CheckIcon },
  failed: { word: 'Failed', tone: 'bad', icon: FailIcon },
  cancelled: { word: 'Cancelled', tone: 'soft', icon: StopIcon },
};

export function statusWord(status: RunStatus): string {
  return LOOK[status].word;
}

/** Icon, word and colour, never colour alone. */
export function Status(props: {
  status: RunStatus;
  cancelling?: boolean;
  /** Another person's run: it does not ask you. */
  theirs?: boolean;
}) {
  const { status, cancelling = false, theirs = false } = props;
  const { tone, icon: StatusIcon } = LOOK[status];
  const word = theirs && status === 'interrupted' ? 'Asks them' : LOOK[status].word;
  const stopping = cancelling && (status === 'pending' || status === 'running' || status === 'interrupted');
  return (
    <span className={`status tone-${stopping ? 'ask' : tone}`} data-status={stopping ? 'cancelling' : status}>
      <StatusIcon />
      {stopping ? 'Cancelling…' : word}
    </span>
  );
}

/** What a run is doing now, in words; empty when its status says it all. */
export function activity(run: Run, nodeName: (node: string) => string): string {
  if (run.status === 'running') {
    if (run.progress !== null) return run.progress.text;
    const last = run.nodes.at(-1);
    if (last === undefined) return 'starting';
    const alike = run.nodes.filter((node) => node.node === last.node).length;
    return alike > 1 ? `${nodeName(last.node)}, ${alike} at once` : nodeName(last.node);
  }
  if (run.status === 'interrupted') return askLine(run.interrupts.map(({ value }) => value));
  if (run.status === 'failed') return run.error?.message ?? '';
  if (run.status !== 'pending') return '';
  if (run.queued) return 'waits for the run before it';
  if (run.retry_at !== null) return 'tries again after an error';
  return run.attempt > 0 ? 'goes on in a moment' : 'waits for a worker';
}

/** Milliseconds from the request to the end, or to now. */
export function elapsed(run: Run, now: number): number {
  return (run.finished_at === null ? now : Date.parse(run.finished_at)) - Date.parse(run.created_at);
}
