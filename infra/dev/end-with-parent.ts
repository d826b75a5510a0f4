/**
 * Loaded into every part before anything else: a part whose supervisor was killed stops as if it had been told to,
 * so that nothing is left behind that holds the ports and the data.
 */
const EVERY_MS = 250;
const supervisor = process.ppid;

setInterval(() => {
  if (process.ppid !== supervisor) process.kill(process.pid, 'SIGTERM');
}, EVERY_MS).unref();
