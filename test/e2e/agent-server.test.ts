import { afterAll, beforeAll, describe, it } from 'vitest';
import { CHECKS } from '../agent-server/checks/all.ts';
import { startLongrun } from '../agent-server/subjects/longrun.ts';

/** What LangChain's unmodified client relies on; `npm run contract -- --peer` shows the same beside LangChain's own server. */
let subject: Awaited<ReturnType<typeof startLongrun>>;
beforeAll(async () => {
  subject = await startLongrun();
});
afterAll(() => subject.close());

describe.each([...new Set(CHECKS.map(({ area }) => area))])('Agent Server API: %s', (area) => {
  it.each(CHECKS.filter((check) => check.area === area))('$name', ({ holds }) => holds(subject));
});
