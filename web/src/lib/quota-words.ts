import { quotaDetailsSchema, type QuotaDetails } from '@longrun/shared';
import { count, cost } from './format.ts';

/** What a person reads when a quota is used up. */
export interface QuotaWords {
  title: string;
  text: string;
}

/** Of an error `quota_exceeded`: what, how much, and until when, in the person's own time. Null for any other error. */
export function quotaWords({ code, details }: { code: string; details: unknown }): QuotaWords | null {
  if (code !== 'quota_exceeded') return null;
  const parsed = quotaDetailsSchema.safeParse(details);
  return parsed.success ? wordsOf(parsed.data) : null;
}

function wordsOf({ what, limit, used, until }: QuotaDetails): QuotaWords {
  const later = until === null ? '' : ` From ${moment(until)} on you can start more.`;
  switch (what) {
    case 'runs_at_once':
      return {
        title: 'As many of your runs are going on as are allowed',
        text: `${count(used)} run or wait for a worker, and ${count(limit)} at once are allowed. This one can start as soon as one of them has ended.`,
      };
    case 'runs_per_day':
      return {
        title: 'Your runs of today are used up',
        text: `You started ${count(used)} of ${count(limit)} runs today.${later}`,
      };
    case 'usd_per_day':
      return {
        title: 'What models may cost you today is used up',
        text: `Models have cost ${cost(used)} for your runs today, and ${cost(limit)} are allowed.${later}`,
      };
    case 'total_runs_at_once':
      return {
        title: 'Everyone together has as many runs going on as are possible',
        text: `All ${count(limit)} places are taken. This one can start as soon as one of them is free.`,
      };
    case 'total_usd_per_day':
      return {
        title: 'What models may cost here today is used up',
        text: `Models have cost all users together ${cost(used)} today, and ${cost(limit)} are allowed.${later}`,
      };
    default:
      return what satisfies never;
  }
}

/** `Wed, Dec 2, 1:00 AM`, where the person is. */
function moment(iso: string): string {
  return new Date(iso).toLocaleString('en', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
  });
}
