const CALL_MS = 10_000; // a healthy call takes well under 1 s; the client's own limit is a minute and more
const DEADLINE_EXCEEDED = 4; // google/rpc/code.proto

/** A call gave no answer in time. Whether it took effect is not known. */
export class CallTimedOut extends Error {
  readonly code = DEADLINE_EXCEEDED;

  constructor(call: string, milliseconds: number) {
    super(`Firestore gave no answer to ${call} within ${milliseconds / 1000} s.`);
    this.name = 'CallTimedOut';
  }
}

/** Rejects with CallTimedOut when the answer is late, so that no caller waits for ever. */
export async function withDeadline<T>(call: string, answer: Promise<T>, milliseconds = CALL_MS): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new CallTimedOut(call, milliseconds)), milliseconds);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
