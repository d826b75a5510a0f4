import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { connectBrowser } from './shared-browser.ts';
import { Stack } from './stack.ts';
import { Tab } from './tab.ts';

export interface Windows {
  readonly stack: Stack;
  readonly browser: Browser;
  /** Of the person of this test: tabs in it share a sign-in. */
  readonly context: BrowserContext;
  newTab(): Promise<Tab>;
}

/**
 * For a file of tests: one stack for all of them, and a fresh person for each. `settings` are
 * environment variables of the stack.
 */
export function useWindows(
  settings: Record<string, string> = {},
  open: () => Promise<Browser> = connectBrowser,
): Windows {
  const now: { stack?: Stack; browser?: Browser; context?: BrowserContext } = {};
  const given = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('Only a running test has a stack and a browser.');
    return value;
  };
  beforeAll(async () => {
    [now.stack, now.browser] = await Promise.all([Stack.start(settings), open()]);
  });
  afterAll(async () => {
    await now.browser?.close();
    await now.stack?.close();
  });
  beforeEach(async () => {
    now.context = await given(now.browser).newContext();
  });
  afterEach(async () => {
    await now.context?.close();
  });
  return {
    get stack() {
      return given(now.stack);
    },
    get browser() {
      return given(now.browser);
    },
    get context() {
      return given(now.context);
    },
    newTab: async () => new Tab(await given(now.context).newPage(), given(now.stack)),
  };
}
