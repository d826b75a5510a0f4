/** What the thread writes to standard error before it ends a process whose event loop stood still. In seconds. */
export const blockedLine = (seconds: number) =>
  `The event loop stood still for ${seconds} s; the process is ended.`;
export const BLOCKED_MARK = /The event loop stood still for (\d+) s; the process is ended\./;
