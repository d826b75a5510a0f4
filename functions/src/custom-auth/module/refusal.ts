import type { AuthAnswer } from '../messages.ts';

/** They say how the answer is sent, which the handler does not decide. */
const OF_THE_ANSWER =
  /^(content-(length|type|encoding)|transfer-encoding|connection|keep-alive|trailer|upgrade)$/;
const MAX_MESSAGE_CHARS = 2_000;

/** What an HTTPException asks for; undefined for anything else that was thrown. By its shape, for copies of the class differ. */
export function refusalIn(thrown: unknown): AuthAnswer | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('status' in thrown) || !('headers' in thrown)) {
    return undefined;
  }
  const { status, headers } = thrown;
  // Nothing that is thrown lets anybody in.
  if (typeof status !== 'number' || !Number.isInteger(status) || status < 400 || status > 599)
    return undefined;
  const message = 'message' in thrown ? String(thrown.message) : '';
  return {
    kind: 'refused',
    status,
    message: message.slice(0, MAX_MESSAGE_CHARS).toWellFormed(),
    headers: pairs(headers).filter(([name]) => !OF_THE_ANSWER.test(name)),
  };
}

function pairs(headers: unknown): [string, string][] {
  try {
    return [...new Headers(headers as ConstructorParameters<typeof Headers>[0])];
  } catch {
    // The refusal counts, whatever is wrong with its headers.
    return [];
  }
}
