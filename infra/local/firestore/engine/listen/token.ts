/** Resume tokens: which database, and up to what time the client knows it. */
import type { Core } from '../core.ts';
import { fromTimestamp } from '../clock.ts';
import type { Target } from '../types.ts';

export const makeToken = (epoch: string, time: number): Buffer => Buffer.from(`${epoch}:${String(time)}`);

export type Resumption =
  | { readonly kind: 'fresh' }
  /** The client's knowledge is of no use: it must forget it. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'since'; readonly time: number; readonly hasHistory: boolean };

export function resumptionOf({ store, clock, history }: Core, { resumeToken, readTime }: Target): Resumption {
  let time: number;
  if (resumeToken && resumeToken.length > 0) {
    const [epoch, at] = Buffer.from(resumeToken).toString().split(':');
    time = Number(at);
    if (epoch !== store.epoch || !Number.isSafeInteger(time) || time > clock.readTime())
      return { kind: 'reset' };
  } else if (readTime) time = fromTimestamp(readTime);
  else return { kind: 'fresh' };
  return { kind: 'since', time, hasHistory: time >= history.horizon };
}
