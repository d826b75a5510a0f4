import { chromium } from 'playwright-core';
import type { TestProject } from 'vitest/node';
import { findBrowser } from './browser.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the browser of this test run listens. */
    browser: string;
  }
}

/** One Chromium for all files of tests; each test has a context of its own in it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await chromium.launchServer(findBrowser());
  project.provide('browser', server.wsEndpoint());
  return () => server.close();
}
