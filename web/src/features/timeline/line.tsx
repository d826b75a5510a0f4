import type { AttemptRow, StepRow, WaitRow } from '@longrun/shared';
import type { ReactNode } from 'react';
import { duration, exact, plural } from '../../lib/format.ts';
import { useServices } from '../../lib/services.ts';
import { useStore } from '../../lib/store.ts';
import { AskIcon, CheckIcon, FailIcon, RetryIcon, RunIcon, StopIcon, WaitIcon } from '../../lib/icons.tsx';
import { answerLine } from '../questions/answer-text.ts';
import type { Asked } from '../questions/history.ts';
import { questionOf } from '../questions/question.ts';
import { areParallel, type GroupRow, type Line as LineOf } from './groups.ts';
import type { Scale } from './scale.ts';

interface Props<T> {
  line: T;
  now: number;
  scale: Scale;
  step: (node: string) => string;
  asked: readonly Asked[];
  /** The run waited for another one of its thread. */
  behind: boolean;
}

export function Line({ line, ...rest }: Props<LineOf>) {
  switch (line.kind) {
    case 'step':
      return <StepLine line={line} {...rest} />;
    case 'group':
      return <GroupLine line={line} {...rest} />;
    case 'wait':
      return <WaitLine line={line} {...rest} />;
    case 'attempt':
      return <AttemptLine line={line} {...rest} />;
    default:
      return line satisfies never;
  }
}

const STEP = {
  running: { tone: 'now', word: 'running', icon: RunIcon },
  done: { tone: 'done', word: 'done', icon: CheckIcon },
  failed: { tone: 'bad', word: 'failed', icon: FailIcon },
  asked: { tone: 'asks', word: 'asked you', icon: AskIcon },
  stopped: { tone: 'lost', word: 'stopped', icon: StopIcon },
};

function StepLine({ line, now, scale, step }: Props<StepRow>) {
  const { tone, word, icon: StepIcon } = STEP[line.state];
  return (
    <Frame
      tone={tone}
      icon={<StepIcon />}
      name={step(line.node)}
      word={word}
      depth={line.ns.length}
      time={{ from: line.startedAt, to: line.endedAt, now }}
      bar={<Bar from={line.startedAt} to={line.endedAt ?? now} scale={scale} />}
    >
      {noteOf(line)}
    </Frame>
  );
}

function noteOf(line: StepRow): string {
  if (line.error !== undefined) return line.error.message;
  const parts: string[] = [];
  if (line.progress !== undefined) parts.push(progressText(line.progress));
  if (line.state !== 'running' && line.sources > 0) parts.push(plural(line.sources, 'source'));
  if (line.tokens > 0) parts.push(plural(line.tokens, 'token'));
  return parts.join(' · ');
}

function progressText({ text, done, total }: NonNullable<StepRow['progress']>): string {
  if (done === undefined || total === undefined || text.includes(String(total))) return text;
  return `${done} of ${total} · ${text}`;
}

function GroupLine({ line, now, scale, step }: Props<GroupRow>) {
  const done = line.steps.filter((one) => one.state === 'done').length;
  const failed = line.steps.filter((one) => one.state === 'failed').length;
  const open = line.endedAt === null;
  const tone = open ? 'now' : failed > 0 ? 'bad' : 'done';
  const sources = line.steps.reduce((sum, one) => sum + one.sources, 0);
  const current = line.steps.findLast(
    (one) => one.state === 'running' && one.progress !== undefined,
  )?.progress;
  const notes = [
    `${done} of ${line.steps.length} ${areParallel(line.steps) ? 'side by side' : 'in a row'}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(current === undefined ? [] : [current.text]),
    ...(sources > 0 ? [plural(sources, 'source')] : []),
  ];
  return (
    <Frame
      tone={tone}
      icon={open ? <RunIcon /> : failed > 0 ? <FailIcon /> : <CheckIcon />}
      name={step(line.node)}
      word={open ? 'running' : 'done'}
      depth={line.steps[0]?.ns.length ?? 0}
      time={{ from: line.startedAt, to: line.endedAt, now }}
      bar={<Bar from={line.startedAt} to={line.endedAt ?? now} scale={scale} />}
    >
      {notes.join(' · ')}
    </Frame>
  );
}

const WAITS = {
  queue: 'In the queue',
  retry: 'Pause before trying again',
  handover: 'Handed to the next worker',
  person: 'Waited for your answer',
};

function waitName({ cause, endedAt, key }: WaitRow, behind: boolean): string {
  if (cause === 'person' && endedAt === null) return 'Waits for your answer';
  // The first wait is the one before the first attempt.
  return behind && cause === 'queue' && key === 1 ? 'Behind the run before it' : WAITS[cause];
}

function WaitLine({ line, now, scale, asked, behind }: Props<WaitRow>) {
  const open = line.endedAt === null;
  const person = line.cause === 'person';
  const left = line.retryAt === undefined ? 0 : line.retryAt - now;
  return (
    <Frame
      tone={person ? 'asks' : open ? 'next' : 'wait'}
      icon={person ? <AskIcon /> : <WaitIcon />}
      name={waitName(line, behind)}
      word={open ? 'now' : 'over'}
      depth={0}
      time={{ from: line.startedAt, to: line.endedAt, now }}
      bar={<Bar from={line.startedAt} to={line.endedAt ?? now} scale={scale} wait />}
    >
      {person
        ? asked.filter(({ seq }) => seq === line.key).map((one) => <AskedLine key={one.id} asked={one} />)
        : open && left > 0
          ? `tries again in ${duration(left, true)}`
          : ''}
    </Frame>
  );
}

function AskedLine({ asked }: { asked: Asked }) {
  const me = useStore(useServices().person)?.uid;
  const question = questionOf(asked.value);
  const { answer } = asked;
  return (
    <span className="asked-line">
      <span className="asked-text">{question.text}</span>
      {answer !== null && (
        <span title={exact(answer.at)}>
          {answer.by === me ? 'You' : 'Another person'}: <b>{answerLine(question, answer.value)}</b>
        </span>
      )}
    </span>
  );
}

function AttemptLine({ line, now, scale, step }: Props<AttemptRow>) {
  const end = line.cause === 'restart' ? 'interrupted by a restart' : 'failed, and was tried again';
  return (
    <Frame
      tone="lost"
      icon={<RetryIcon />}
      name={
        <details>
          <summary>{`Attempt ${line.attempt} · ${end}`}</summary>
          <ul>
            {line.steps.map((one) => (
              <li key={one.key}>
                <span>{step(one.node)}</span>
                <span className="num">{duration((one.endedAt ?? line.endedAt) - one.startedAt)}</span>
              </li>
            ))}
          </ul>
          {line.error !== undefined && <p>{line.error.message}</p>}
          <p>{lostText(line)}</p>
        </details>
      }
      word=""
      depth={0}
      time={{ from: line.startedAt, to: line.endedAt, now }}
      bar={<Bar from={line.startedAt} to={line.endedAt} scale={scale} />}
    />
  );
}

function lostText(line: AttemptRow): string {
  const steps =
    line.steps.length === 0 ? 'No step was lost.' : `${plural(line.steps.length, 'step')} began again.`;
  const text =
    line.chars === 0 ? '' : ` ${plural(line.chars, 'character')} of unfinished text were taken back.`;
  return `${steps}${text} What was finished before was kept.`;
}

interface FrameProps {
  tone: string;
  icon: ReactNode;
  name: ReactNode;
  word: string;
  depth: number;
  time: { from: number; to: number | null; now: number };
  bar: ReactNode;
  children?: ReactNode;
}

function Frame({ tone, icon, name, word, depth, time, bar, children }: FrameProps) {
  return (
    <li className={`step ${tone}`} data-depth={Math.min(depth, 3)}>
      <span className="dot">{icon}</span>
      <div className="what">
        <span className="n">{name}</span>
        {word !== '' && <span className="hidden">, {word}</span>}
        {children !== undefined && children !== '' && <small>{children}</small>}
      </div>
      <span className="num">{duration((time.to ?? time.now) - time.from, time.to === null)}</span>
      {bar}
    </li>
  );
}

/** Drawn with SVG attributes, which a strict content security policy allows where it forbids inline styles. */
function Bar({ from, to, scale, wait = false }: { from: number; to: number; scale: Scale; wait?: boolean }) {
  const left = scale.at(from) * 100;
  const width = Math.max(0.8, scale.at(to) * 100 - left);
  return (
    <svg className={`lane ${wait ? 'waits' : ''}`} width="100%" height="4" aria-hidden="true">
      <rect className="ground" width="100%" height="4" rx="2" />
      <rect className="span" x={`${Math.min(left, 99.2)}%`} width={`${width}%`} height="4" rx="2" />
    </svg>
  );
}
