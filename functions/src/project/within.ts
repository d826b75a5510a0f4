/** What is settled in time; otherwise it throws, and what goes on is left alone. */
export async function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
    // What is thrown after the limit has no one to hear it.
    work.catch(() => undefined);
  }
}

export function tooSlow(ms: number): Error {
  return new Error(
    `it was not loaded within ${ms / 1_000} s. Does it wait for a server while it is imported? GRAPH_LOAD_TIMEOUT_S is the limit.`,
  );
}
