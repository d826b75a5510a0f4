/**
 * functions-framework answers its newest request with 500 and exits some 30 ms after a signal, or after an error that
 * nobody handled, with all other work in flight. Its listeners for `events` are removed as they are added; `ours` stay.
 */
export function withoutFrameworkListeners(events: readonly string[], ours: readonly unknown[]): void {
  process.on('newListener', (event: string | symbol, listener: (...args: unknown[]) => void) => {
    // At `exit`, to which others may listen as well, the framework answers its newest request with a text.
    const atExit = event === 'exit' && String(listener).includes('Process exited with code');
    const taken = atExit || events.some((name) => name === event);
    if (taken && !ours.includes(listener)) queueMicrotask(() => process.removeListener(event, listener));
  });
}
