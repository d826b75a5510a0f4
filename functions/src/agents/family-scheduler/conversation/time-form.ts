import * as z from 'zod';
import type { Situation } from '../planning/situation.ts';
import { MAX_MINUTES, type Wish } from '../request/wish.ts';
import { DAY, HOUR, parseDate, parseTime, wallText } from '../time/wall.ts';
import type { Decision, Question } from './decision.ts';
import { plain } from './words.ts';

/** The form for a time of one's own; for whole days only the first of them. */
export function timeQuestion({ wish, zone, now }: Situation, problem: string | null): Question {
  const suggested = wish.start ?? wallText(Math.ceil(zone.toWall(now) / HOUR) * HOUR);
  const date = { type: 'string', format: 'date', title: 'Day', default: suggested.slice(0, 10) };
  const time = { type: 'string', format: 'time', title: 'Begins at', default: suggested.slice(11, 16) };
  const length = { minimum: 5, maximum: MAX_MINUTES, default: Math.min(wish.minutes, MAX_MINUTES) };
  const minutes = { type: 'integer', title: 'Minutes', ...length };
  const cancel = {
    type: 'boolean',
    title: 'Cancel instead',
    description: 'Nothing is booked.',
    default: false,
  };
  return {
    question: `When shall “${wish.title}” be?`,
    ...(problem === null ? {} : { detail: plain(problem) }),
    schema: {
      type: 'object',
      properties: wish.all_day ? { date, cancel } : { date, time, minutes, cancel },
      required: wish.all_day ? ['date'] : ['date', 'time'],
      additionalProperties: false,
    },
  };
}

const cancelSchema = z.union([
  z.object({ cancel: z.literal(true) }),
  z.object({ value: z.literal('cancel') }),
  z.string().regex(/^\s*cancel\s*$/i),
]);
const dateSchema = z
  .string('is missing')
  .refine((text) => parseDate(text) !== undefined, 'must be a day such as 2026-11-28');
const timeSchema = z
  .string('is missing')
  .refine((text) => (parseTime(text) ?? DAY) < DAY, 'must be a time such as 15:30');
const minutesSchema = z
  .int('must be a whole number')
  .min(5, 'must be at least 5')
  .max(MAX_MINUTES, `must be at most ${MAX_MINUTES}`);
const daySchema = z.object({ date: dateSchema }, 'must have a date');
const momentSchema = z.object(
  { date: dateSchema, time: timeSchema, minutes: minutesSchema.optional() },
  'must have a date and a time',
);

/** The decision that such a form makes, or why it makes none. */
export function readTime(answer: unknown, wish: Pick<Wish, 'all_day' | 'minutes'>): Decision | string {
  if (cancelSchema.safeParse(answer).success) return { kind: 'cancel' };
  if (wish.all_day) {
    const form = daySchema.safeParse(answer);
    if (!form.success) return refused(form.error);
    return { kind: 'named', start: `${form.data.date}T00:00`, minutes: wish.minutes };
  }
  const form = momentSchema.safeParse(answer);
  if (!form.success) return refused(form.error);
  const { date, time, minutes = wish.minutes } = form.data;
  return { kind: 'named', start: `${date}T${time.slice(0, 5)}`, minutes };
}

function refused(error: z.ZodError): string {
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'the answer'} ${message}`);
  return `That is no time: ${problems.join('; ')}.`;
}
