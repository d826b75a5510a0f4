import { contentType } from '../../edge/content-types.ts';
import { cacheControl } from '../../edge/headers.ts';
import { namesIn, type PageFile } from './page-files.ts';
import { until } from './until.ts';

/** A load balancer that was changed just now answers by its new rules after a while. */
const PATIENCE_MS = 60_000;
const CALL_MS = 15_000;

/** Throws when people would not get this page, whole, with the headers that it needs. */
export async function checkPage(site: string, html: PageFile, patienceMs = PATIENCE_MS): Promise<void> {
  const expected = html.content.toString();
  await until(patienceMs, async () => {
    for (const path of ['/', '/runs/an-address-of-the-app']) {
      const { response, text } = await get(`${site}${path}`);
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}.`);
      if (text !== expected) throw new Error(`${path} is not the page of this version.`);
      const policy = response.headers.get('content-security-policy') ?? '';
      if (!policy.includes("script-src 'self'"))
        throw new Error(`${path} lacks its content security policy.`);
    }
  });
  for (const name of namesIn(expected)) {
    const { response } = await get(`${site}/${name}`);
    if (response.status !== 200)
      throw new Error(`/${name} answered ${response.status}: the page would not start.`);
    expectHeader(response, name, 'content-type', contentType(name));
    expectHeader(response, name, 'cache-control', cacheControl(`/${name}`));
  }
  const { response } = await get(`${site}/assets/there-is-no-such-asset.js`);
  if (response.status !== 404) throw new Error(`A missing asset answered ${response.status} instead of 404.`);
}

function expectHeader(response: Response, name: string, header: string, expected: string): void {
  const found = response.headers.get(header);
  if (found !== expected) throw new Error(`/${name} says ${header} "${found}" instead of "${expected}".`);
}

async function get(url: string): Promise<{ response: Response; text: string }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(CALL_MS), redirect: 'manual' });
  return { response, text: await response.text() };
}
