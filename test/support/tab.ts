import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { Api } from './api.ts';

/** Where the page is: a stack, or another edge of it. */
interface Place {
  readonly at: { readonly edge: string };
}

/** One tab of a browser on a running stack, with the words in which the tests speak. */
export class Tab {
  readonly page: Page;
  readonly #stack: Place;
  /** What the page threw; a test expects it to be empty. */
  readonly problems: string[] = [];

  constructor(page: Page, stack: Place) {
    this.page = page;
    this.#stack = stack;
    page.on('pageerror', (error) => this.problems.push(error.message));
  }

  async open(path = '/'): Promise<void> {
    await this.page.goto(`${this.#stack.at.edge}${path}`);
  }

  /** Waits until a run can be asked for. */
  async ready(): Promise<void> {
    await this.page.locator('.picker select').waitFor();
  }

  /** The API as the person of this tab. */
  async api(): Promise<Api> {
    const asked = this.page.waitForRequest((request) => request.url().endsWith('/api/graphs'));
    await this.open();
    const { authorization } = await (await asked).allHeaders();
    if (authorization === undefined) throw new Error('The page asked without a token.');
    // Every browser knows names below localhost; not every machine does.
    const edge = this.#stack.at.edge.replace(/\/\/\w+\.localhost:/, '//localhost:');
    return new Api(edge, authorization.replace('Bearer ', ''));
  }

  /** Starts a run by the composer. Answers its id. */
  async ask(text: string, graph?: string): Promise<string> {
    const { page } = this;
    await page.locator('[data-composer]').fill(text);
    if (graph !== undefined) await page.locator('.picker select').selectOption(graph);
    await page.getByRole('button', { name: 'Start' }).click();
    await page.waitForURL(/\/runs\/.+/);
    return new URL(page.url()).pathname.split('/').at(-1) ?? '';
  }

  /** Waits until the run of this page has that status. */
  async status(value: string): Promise<void> {
    await this.page.locator(`main .run-head [data-status="${value}"]`).waitFor();
  }

  /** What the run said so far, as it is shown. */
  async said(): Promise<string> {
    return (await this.page.locator('main article').allInnerTexts()).join('\n');
  }

  /** Number of events that the page holds. */
  async events(): Promise<number> {
    const text = await this.page.locator('[data-tab="events"] .num').innerText();
    return Number(text.replaceAll(',', ''));
  }

  /**
   * Serious findings of axe, each with where it is: in the light, and what is of colours in the dark as well. `within` (CSS)
   * is a part that was opened on a page which is looked at as a whole elsewhere.
   */
  async findings(within = 'html'): Promise<string[]> {
    await this.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    const inLight = await serious(axeOn(this.page, within));
    await this.page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    const inDark = await serious(axeOn(this.page, within).withRules(['color-contrast']));
    return [...inLight, ...inDark.map((finding) => `dark: ${finding}`)];
  }

  /** Pixels by which the page is wider than its window. */
  async overflow(): Promise<number> {
    return this.page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);
  }
}

/** Our pages have no frames of others, so nothing has to be joined in a page of its own. */
const axeOn = (page: Page, within: string) =>
  new AxeBuilder({ page })
    .setLegacyMode(true)
    .include(within)
    .options({ resultTypes: ['violations'], preload: false });

async function serious(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
