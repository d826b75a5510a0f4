// As of a client that waits for a server that never answers.
await new Promise(() => setInterval(() => undefined, 1_000));

export const graph = null;
