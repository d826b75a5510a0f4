/** What the code under test prints goes the way of a test's console: it is shown when the test fails. */
for (const [name, say] of [
  ['stdout', console.log],
  ['stderr', console.error],
] as const) {
  process[name].write = (text: string | Uint8Array, ...rest: unknown[]): boolean => {
    say(String(text).replace(/\n$/, ''));
    const done = rest.find((each) => typeof each === 'function');
    if (done !== undefined) queueMicrotask(() => void done());
    return true;
  };
}
