import { LongrunError } from '@longrun/shared';
import { log } from '../telemetry/log.ts';
import type { CustomAuth } from './custom-auth.ts';
import type { AuthAnswer, AuthCall } from './messages.ts';
import { AuthProcess, type AuthProcessOptions, type Outcome } from './process.ts';
import { AuthRefused } from './refused.ts';

/** A module that could not be loaded is tried again after so long, and not before. Milliseconds. */
const RETRY_MS = 5_000;

/**
 * The project's auth module in a child process, which is started at the first call: this process never imports users' code.
 * Nobody is let in by a module that cannot be loaded, fails, hangs or ends. When it ends its process, the calls that were open
 * are asked again one at a time in another, where nothing but that call can be the reason of another end.
 *
 *   module is                      a call is answered
 *   loaded                         by its handlers; after `callMs` with auth_unavailable
 *   not loadable, or ends at once  auth_unavailable, without another try for RETRY_MS
 *   ended or blocked by a call     again by another process; the call that does it twice auth_unavailable
 */
export function processAuth(options: AuthProcessOptions): CustomAuth {
  let shared: AuthProcess | undefined;
  let single: AuthProcess | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let broken: { reason: string; at: number } | undefined;

  const note = (reason: string) => {
    if (broken?.reason !== reason) {
      log.error('The auth module cannot be used: nobody is let in by it.', new Error(reason));
    }
    broken = { reason, at: Date.now() };
  };
  const learn = async (started: AuthProcess) => {
    const problem = await started.loaded;
    if (problem === null) {
      broken = undefined;
      return;
    }
    note(problem);
    started.kill(problem);
  };
  const running = (): AuthProcess => {
    if (shared !== undefined && !shared.ended) return shared;
    const started = new AuthProcess(options);
    shared = started;
    void learn(started);
    return started;
  };
  const askShared = async (call: AuthCall): Promise<Outcome> => {
    const isTooSoon = broken !== undefined && Math.abs(Date.now() - broken.at) < RETRY_MS;
    if (isTooSoon && (shared === undefined || shared.ended)) {
      return { kind: 'broken', reason: broken?.reason ?? '' };
    }
    return await running().ask(call);
  };
  const askAlone = async (call: AuthCall): Promise<Outcome> => {
    const until = Date.now() + options.callMs;
    const turn = last.then(async (): Promise<Outcome> => {
      if (Date.now() > until) return { kind: 'late' };
      if (single === undefined || single.ended) single = new AuthProcess(options);
      return await single.ask(call);
    });
    last = turn;
    const outcome = await turn;
    if (last === turn) single?.kill('nothing is left to do');
    return outcome;
  };
  const ask = async (call: AuthCall): Promise<AuthAnswer> => {
    const first = await askShared(call);
    const outcome = first.kind === 'lost' ? await askAlone(call) : first;
    if (outcome.kind === 'answer') return outcome.answer;
    if (outcome.kind !== 'broken') {
      const reason = outcome.kind === 'late' ? `no answer within ${options.callMs} ms` : outcome.reason;
      log.error('The auth module did not answer; a request was refused.', new Error(reason), {
        event: call.kind === 'authenticate' ? call.kind : `${call.question.resource}:${call.question.action}`,
      });
    }
    throw new LongrunError('auth_unavailable', 'Who you are cannot be found out at the moment; try again.');
  };

  return {
    authenticate: async (request) => {
      const answer = await ask({ kind: 'authenticate', request });
      if (answer.kind !== 'identity') throw refusal(answer);
      return answer.by;
    },
    authorize: async (question) => {
      const answer = await ask({ kind: 'authorize', question });
      if (answer.kind !== 'allowed') throw refusal(answer);
      return { filters: answer.filters, value: answer.value };
    },
    warm: async () => await running().loaded,
    problem: () => {
      // It may be there again, and nobody else may ask.
      if (broken !== undefined && shared?.ended === true && Date.now() - broken.at >= RETRY_MS) running();
      return broken?.reason ?? null;
    },
    close: () => [shared, single].forEach((each) => each?.kill('it is closed')),
  };
}

function refusal(answer: AuthAnswer): LongrunError {
  if (answer.kind === 'refused') return new AuthRefused(answer.status, answer.message, answer.headers);
  if (answer.kind === 'denied') return new LongrunError('forbidden', 'You may not do this.');
  return new LongrunError(
    'auth_error',
    'Whether you may do this could not be found out; the reason was logged.',
  );
}
