import * as z from 'zod';
import { parseDate, parseTime, parseWall } from '../time/wall.ts';

const date = z.string().refine((text) => parseDate(text) !== undefined, 'must be a date such as 2026-11-28');
const time = z.string().refine((text) => parseTime(text) !== undefined, 'must be a time such as 15:30');
const moment = z
  .string()
  .refine((text) => parseWall(text) !== undefined, 'must be a date and time such as 2026-11-28T15:30');
const weekday = z.number().int().min(0).max(6);
const names = z.array(z.string().trim().min(1).max(60)).max(20);

/** The longest that has a time of day, and a whole day. */
export const MAX_MINUTES = 24 * 60;
/** Some weeks of whole days. */
const MAX_WHOLE_MINUTES = 21 * MAX_MINUTES;

/**
 * What a person wants, as understood. Dates and times are as clocks at home show them; days of the week count from
 * Sunday, 0. `book` has a start, `find` looks for one, `agenda` asks what is planned, `unclear` is none of these.
 */
export const wishSchema = z.object({
  kind: z.enum(['book', 'find', 'agenda', 'unclear']),
  title: z.string().trim().max(120).default(''),
  people: names.default([]),
  resources: names.default([]),
  minutes: z.number().int().min(5).max(MAX_WHOLE_MINUTES).default(60),
  all_day: z.boolean().default(false),
  start: moment.nullable().default(null),
  /** First and last day that will do. */
  from: date.nullable().default(null),
  to: date.nullable().default(null),
  /** Between which times of day all of it must lie. */
  earliest: time.nullable().default(null),
  latest: time.nullable().default(null),
  /** Days of the week that will do; empty for any. */
  weekdays: z.array(weekday).max(7).default([]),
  preferred: z
    .object({
      weekdays: z.array(weekday).max(7).default([]),
      earliest: time.nullable().default(null),
      latest: time.nullable().default(null),
    })
    .default({ weekdays: [], earliest: null, latest: null }),
  /** What was assumed, or why it is unclear; told to the person. */
  notes: z.array(z.string().max(300)).max(10).default([]),
});

export type Wish = z.infer<typeof wishSchema>;
