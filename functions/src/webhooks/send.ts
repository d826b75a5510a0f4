import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { errorMessage } from '@longrun/shared';
import { Webhook } from 'standardwebhooks';
import { Agent, request } from 'undici';
import { retryAfterMs } from '../domain/retry-after.ts';
import { isPublicAddress } from './address.ts';
import type { SendResult } from './decide.ts';
import { targetProblem, type TargetPolicy } from './target.ts';

/** One attempt, from the first look-up to the answer. Milliseconds. */
const SEND_MS = 10_000;
const CONNECT_MS = 5_000;
/** Only the answer's status counts; of its body no more than this is taken. Bytes. */
const MAX_ANSWER_BYTES = 65_536;
const MAX_ERROR_CHARS = 300;

export interface Message {
  id: string;
  url: string;
  body: string;
}

export type Send = (message: Message, now: number) => Promise<SendResult>;

type Resolve = (
  host: string,
  options: { all: true },
  callback: (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => void,
) => void;

export interface SenderOptions extends TargetPolicy {
  /** `whsec_...`; of several, the answer's header holds a signature by each, so that a secret can be replaced. */
  secrets: readonly string[];
  /** Turns names into addresses; the system's own by default. */
  resolve?: Resolve;
  /** For one attempt. */
  timeoutMs?: number;
}

class RefusedAddress extends Error {
  constructor(host: string) {
    super(`${host} has a private address.`);
    this.name = 'RefusedAddress';
  }
}

/**
 * Sends signed webhooks. Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * The addresses are checked where the connection is made, so a name cannot mean one thing to the check and another to the
 * connection. Redirects are not followed.
 */
export function webhookSender(options: SenderOptions): { send: Send; close: () => Promise<void> } {
  const { secrets, resolve = dnsLookup, allowPrivate, timeoutMs = SEND_MS } = options;
  const signers = secrets.map((secret) => new Webhook(secret));
  const agent = new Agent({
    connect: {
      timeout: CONNECT_MS,
      lookup: checkedLookup(resolve, (address) => allowPrivate || isPublicAddress(address)),
    },
    maxResponseSize: MAX_ANSWER_BYTES,
    keepAliveTimeout: 1_000,
  });

  async function attempt({ id, url, body }: Message, now: number): Promise<Omit<SendResult, 'ms'>> {
    const problem = targetProblem(url, { allowPrivate });
    if (problem !== null) return { status: null, error: `The URL ${problem}`, refused: true };
    if (signers.length === 0) return { status: null, error: 'No WEBHOOK_SECRET is configured to sign with.' };
    const at = new Date(now);
    const answer = await request(url, {
      dispatcher: agent,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Longrun-Webhooks/1',
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(now / 1_000)),
        'webhook-signature': signers.map((signer) => signer.sign(id, at, body)).join(' '),
      },
      body,
      signal: AbortSignal.timeout(timeoutMs),
    });
    // Whatever the body is, or fails to be: the status has told all.
    answer.body.on('error', () => undefined).destroy();
    const { statusCode: status } = answer;
    const wait = retryAfterMs({ headers: answer.headers }, now);
    return {
      status,
      error: status >= 200 && status < 300 ? null : `The receiver answered ${status}.`,
      ...(wait === undefined ? {} : { retryAfterMs: wait }),
    };
  }

  return {
    async send(message, now) {
      const started = performance.now();
      const elapsed = () => Math.round(performance.now() - started);
      try {
        return { ...(await attempt(message, now)), ms: elapsed() };
      } catch (error) {
        return {
          status: null,
          error: wordsOf(error, timeoutMs),
          ms: elapsed(),
          refused: error instanceof RefusedAddress,
        };
      }
    },
    close: () => agent.destroy(),
  };
}

/** One address that is not allowed refuses the name, so that it does not depend on chance which one is taken. */
function checkedLookup(resolve: Resolve, isAllowed: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    resolve(host, { all: true }, (error, found) => {
      const [first] = found ?? [];
      if (error !== null) callback(error, []);
      else if (first === undefined || !found.every(({ address }) => isAllowed(address))) {
        callback(new RefusedAddress(host), []);
      } else if (options.all === true) callback(null, found);
      else callback(null, first.address, first.family);
    });
  };
}

function wordsOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `No answer within ${timeoutMs / 1_000} s.`;
  return errorMessage(error).slice(0, MAX_ERROR_CHARS);
}
