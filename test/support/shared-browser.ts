import { chromium, type Browser } from 'playwright-core';
import { inject } from 'vitest';
import { PATIENCE_MS } from './patience.ts';

/** A connection to the browser of this test run. To close it closes the contexts that were made by it. */
export async function connectBrowser(): Promise<Browser> {
  const browser = await chromium.connect(inject('browser'));
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}
