import type { Situation } from '../planning/situation.ts';
import type { Verdict } from '../planning/verdict.ts';
import { clashKey } from '../planning/clashes.ts';
import type { Interval } from '../time/interval.ts';
import { MINUTE, parseDate, timeText, wallText } from '../time/wall.ts';
import { clashWords } from './clash-words.ts';
import { readTime } from './time-form.ts';
import { dayWords, lengthWords, list, movedWords, plain, slotWords } from './words.ts';

type Clashing = Extract<Verdict, { kind: 'clash' }>;

/** What the person has decided. */
export type Decision =
  | { kind: 'slot'; slot: Interval }
  /** In spite of these clashes. */
  | { kind: 'anyway'; slot: Interval; accepted: string[] }
  | { kind: 'move' }
  /** Wants to name another time. */
  | { kind: 'other' }
  /** Has named it; wall time. */
  | { kind: 'named'; start: string; minutes: number }
  | { kind: 'cancel' };

interface Option {
  value: string;
  label: string;
  detail?: string;
}

/** The value of an interrupt: a choice of options, or a form by its JSON schema. */
export interface Question {
  question: string;
  detail?: string;
  options?: Option[];
  schema?: Record<string, unknown>;
}

const CANCEL: Option = { value: 'cancel', label: 'Cancel', detail: 'Nothing is booked.' };
const OTHER: Option = { value: 'other', label: 'Another time', detail: 'You name the day and the time.' };

/** What to ask when a wish cannot be had as it is. `problem`: why the last answer did not do. */
export function question(verdict: Clashing, situation: Situation, problem: string | null): Question {
  const { wish, zone, now } = situation;
  const { slot } = verdict;
  const reasons = clashWords(verdict.clashes, zone, now);
  const asked =
    slot === null
      ? `No time is free for “${wish.title}” (${lengthWords(wish.minutes * MINUTE)}) ${range(situation)}. Would another time do?`
      : `“${wish.title}” on ${slotWords(slot, zone, now, wish.all_day)} clashes: ${list(reasons)}. What shall I do?`;
  return {
    question: asked,
    ...(problem === null ? {} : { detail: plain(problem) }),
    options: options(verdict, situation).map(([option]) => option),
  };
}

/** The decision that an answer to `question` makes, or why it makes none. */
export function decide(answer: unknown, verdict: Clashing, situation: Situation): Decision | string {
  const offered = options(verdict, situation);
  const said = chosen(answer);
  const found = offered.find(
    ([{ value, label }]) => said !== undefined && [value, label].some((word) => word.toLowerCase() === said),
  );
  if (found !== undefined) return found[1];
  const form = readTime(answer, situation.wish);
  if (typeof form !== 'string') return form;
  return `${shown(answer)} is none of the choices. Please take one of these: ${list(offered.map(([{ label }]) => label))}.`;
}

/** An answer may be the value of an option, its label, or an object that holds the value. */
function chosen(answer: unknown): string | undefined {
  if (typeof answer === 'string') return answer.trim().toLowerCase();
  if (typeof answer !== 'object' || answer === null) return undefined;
  for (const key of ['value', 'choice', 'option', 'answer']) {
    const value: unknown = Reflect.get(answer, key);
    if (typeof value === 'string') return value.trim().toLowerCase();
  }
  return undefined;
}

function shown(answer: unknown): string {
  return `“${(typeof answer === 'string' ? answer : (JSON.stringify(answer) ?? 'nothing')).slice(0, 80)}”`;
}

/** Every option with what choosing it decides. The value names the time, so that it can never be taken for another. */
function options(verdict: Clashing, situation: Situation): [Option, Decision][] {
  const { wish, zone, now } = situation;
  const { slot, move, clashes } = verdict;
  const wanted = slot?.start;
  const times = verdict.alternatives.map((other): [Option, Decision] => [
    {
      value: `at-${wallText(zone.toWall(other.start))}`,
      label: slotWords(other, zone, now, wish.all_day),
      ...(wanted === undefined ? {} : { detail: sentence(movedWords(wanted, other.start, zone, now)) }),
    },
    { kind: 'slot', slot: other },
  ]);
  const others: [Option, Decision][] = [];
  if (move !== null && slot !== null) {
    const { block, to } = move;
    others.push([
      {
        value: 'move',
        label: `Move ${block.title} to ${slotWords(to, zone, now)}`,
        detail: `Then “${wish.title}” is at the time you asked for.`,
      },
      { kind: 'move' },
    ]);
  }
  // One thing cannot be in two places, and nobody can go back; but a person may leave early or sleep later.
  if (slot !== null && clashes.every(({ kind }) => kind === 'person' || kind === 'bedtime')) {
    others.push([
      {
        value: 'anyway',
        label: wish.all_day ? 'Book it anyway' : `Book it at ${timeText(zone.toWall(slot.start))} anyway`,
        detail: 'Both stay in the calendar.',
      },
      { kind: 'anyway', slot, accepted: clashes.map(clashKey) },
    ]);
  }
  return [...times, ...others, [OTHER, { kind: 'other' }], [CANCEL, { kind: 'cancel' }]];
}

/** `on Friday 20 November`, `from Monday … to Sunday …` */
function range({ wish, zone, now }: Situation): string {
  const { from, to, earliest, latest } = wish;
  const today = zone.toWall(now);
  const first = (from === null ? undefined : parseDate(from)) ?? today;
  const last = (to === null ? undefined : parseDate(to)) ?? first;
  const days =
    first === last
      ? `on ${dayWords(first, today)}`
      : `from ${dayWords(first, today)} to ${dayWords(last, today)}`;
  if (earliest === null && latest === null) return days;
  if (latest === null) return `${days} after ${earliest}`;
  return earliest === null ? `${days} before ${latest}` : `${days} between ${earliest} and ${latest}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
