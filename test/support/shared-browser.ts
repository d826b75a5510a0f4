import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';
import { findBrowser } from './browser.ts';
import { PATIENCE_MS } from './patience.ts';

/** One of a test's own, which can do all that a person's can. */
export async function launchWholeBrowser(): Promise<Browser> {
  const browser = await chromium.launch(findBrowser({ whole: true }));
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}

/** A connection to the browser of this test run. To close it closes the contexts that were made by it. */
export async function connectBrowser(): Promise<Browser> {
  const browser = await chromium.connect(inject('browser'));
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
