import { traceWriter, type TraceWriter } from '@google-cloud/trace-agent/build/src/trace-writer.js';

/** The part of the writer that its types call private. */
interface Inner {
  flushBuffer(): void;
  request: TraceWriter['request'];
}

/**
 * A function gets no processor once it has answered, so spans must have left before. The agent has no way to say "send now
 * and tell me when": it sends every 30 s from a timer, or when 1,000 spans have gathered, and only logs how that went.
 * Calling its writer's own `flushBuffer` and hearing the answer of the request that this makes is the least of the evils: a
 * buffer of one span would send each in a request of its own and still tell nothing, and a writer of our own would be a
 * second implementation of what the agent is for.
 */
export function publishedSpans(): () => Promise<void> {
  const writer = traceWriter.get() as unknown as Inner;
  const request = writer.request.bind(writer);
  let failures: Error[] = [];
  const open = new Set<Promise<void>>();
  writer.request = (options, callback) => {
    const done = Promise.withResolvers<void>();
    open.add(done.promise);
    request(options, (error, ...rest) => {
      if (error !== null && error !== undefined) failures.push(error);
      open.delete(done.promise);
      done.resolve();
      callback(error, ...rest);
    });
  };
  return async () => {
    writer.flushBuffer();
    await Promise.all(open);
    const [failure] = failures;
    failures = [];
    if (failure !== undefined) throw failure;
  };
}
