/** What one client may cost the server. Sizes in bytes or UTF-16 code units, times in milliseconds. */
export const LIMITS = {
  /** A commit may hold 10 MiB; base64 and URL encoding make it longer. */
  bodyBytes: 48 * 1024 * 1024,
  sessions: 2_000,
  targetsPerSession: 1_000,
  /** Messages that a client has not acknowledged; beyond this it is too slow, and its session ends. */
  unacknowledgedChars: 64 * 1024 * 1024,
  /**
   * After this much one back channel ends. The client opens the next one at once and acknowledges thereby; a client that
   * only listens has no other occasion to.
   */
  backChannelChars: 4 * 1024 * 1024,
  /** The client is told 30 s and gives up at 45 s. */
  keepAliveMs: 25_000,
  /** A session without a back channel: the client may be changing networks, or gone. */
  idleMs: 60_000,
  /** Messages that arrived before their predecessors (parallel posts over HTTP/2). */
  earlyMessages: 1_000,
} as const;

export type Limits = { readonly [K in keyof typeof LIMITS]: number };
