/**
 * Where everything lives in Firestore. The path carries the owner, so one security rule covers all that a
 * user may read.
 */
export const RUNS = 'runs';
export const LOG = 'log';
export const THREADS = 'threads';

export const userPath = (uid: string) => `users/${uid}`;
export const runsPath = (uid: string) => `users/${uid}/${RUNS}`;
export const runPath = (uid: string, runId: string) => `${runsPath(uid)}/${runId}`;
export const logPath = (uid: string, runId: string) => `${runPath(uid, runId)}/${LOG}`;
/** What a user used on one day of UTC (`2026-12-01`): how many runs were started, and what models cost. */
export const USAGE = 'usage' as const;
export const usagePath = (uid: string, day: string) => `users/${uid}/${USAGE}/${day}`;
/** Which run a turn belongs to, by the id under which the Agent Server API knows the turn. */
export const TURNS = 'turns' as const;
export const turnsPath = (uid: string) => `users/${uid}/${TURNS}`;
export const turnPath = (uid: string, turnId: string) => `${turnsPath(uid)}/${turnId}`;
/** What starts runs by the clock. */
export const CRONS = 'crons' as const;
export const cronsPath = (uid: string) => `users/${uid}/${CRONS}`;
export const cronPath = (uid: string, cronId: string) => `${cronsPath(uid)}/${cronId}`;
export const threadsPath = (uid: string) => `users/${uid}/${THREADS}`;
export const threadPath = (uid: string, threadId: string) => `${threadsPath(uid)}/${threadId}`;

/** Changes only when a command (cancel, an answer) was appended: what a worker listens to at no cost while idle. */
export const inboxPath = (uid: string, runId: string) => inboxBelow(runPath(uid, runId));
export const inboxBelow = (run: string) => `${run}/control/inbox`;

/** Document ids sort as text, so the number is padded: entry 12 is `0000000012`. */
export const logEntryId = (n: number) => String(n).padStart(10, '0');
export const logEntryPath = (uid: string, runId: string, n: number) =>
  `${logPath(uid, runId)}/${logEntryId(n)}`;
