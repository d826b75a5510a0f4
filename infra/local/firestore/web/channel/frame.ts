/**
 * The framing of WebChannel: a decimal length, a newline, then that many characters of JSON. The length counts UTF-16
 * code units, because the client compares it with the length of a JavaScript string.
 */

/** A message of a session, already serialised, with the array id under which the client acknowledges it. */
export interface Outgoing {
  readonly id: number;
  readonly json: string;
}

export const frame = (json: string): string => `${String(json.length)}\n${json}`;

/** One chunk that carries all the messages. */
export const frameAll = (messages: readonly Outgoing[]): string =>
  frame(`[${messages.map(({ id, json }) => `[${String(id)},${json}]`).join(',')}]`);
