import { http, HttpResponse } from 'msw';
import { afterEach, expect, it, vi } from 'vitest';
import { server } from '../../testing/server.ts';
import { newVersion, versionOf, watchVersion } from './version.ts';

const page = (build: string) =>
  `<!doctype html><link rel="stylesheet" href="/assets/index-${build}.css"><script type="module" src="/assets/index-${build}.js"></script>`;
const version = (build: string) => versionOf(new DOMParser().parseFromString(page(build), 'text/html'));

let stop = () => {};
let asked = 0;
afterEach(() => {
  stop();
  asked = 0;
  newVersion.set(false);
  vi.useRealTimers();
});

function serve(answer: () => Response): void {
  server.use(
    http.get('/index.html', () => {
      asked += 1;
      return answer();
    }),
  );
}

const watch = (build: string) => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  stop = watchVersion(version(build));
};
const lookAgain = () => dispatchEvent(new Event('focus'));

it('B8: another version is served -> it is offered, and nobody asks any more', async () => {
  serve(() => HttpResponse.html(page('two')));
  watch('one');
  lookAgain();
  await expect.poll(() => newVersion.get()).toBe(true);
  vi.advanceTimersByTime(20 * 60_000);
  lookAgain();
  expect(asked).toBe(1);
});

it('B8: the same version -> nothing is offered; it is asked again after minutes, not at every return', async () => {
  serve(() => HttpResponse.html(page('one')));
  watch('one');
  lookAgain();
  lookAgain();
  await expect.poll(() => asked).toBe(1);
  vi.advanceTimersByTime(5 * 60_000);
  await expect.poll(() => asked).toBe(2);
  expect(newVersion.get()).toBe(false);
});

it.each([
  ['no network', () => HttpResponse.error()],
  ['an error', () => new HttpResponse('', { status: 503 })],
  ['a page of somebody else, as in a hotel', () => HttpResponse.html('<h1>Welcome</h1>')],
])('%s -> nothing is offered', async (_what, answer) => {
  serve(answer);
  watch('one');
  lookAgain();
  await expect.poll(() => asked).toBe(1);
  vi.advanceTimersByTime(5 * 60_000);
  await expect.poll(() => asked).toBe(2);
  expect(newVersion.get()).toBe(false);
});

it('only the style sheet changed -> another version; what is loaded later does not count', () => {
  const css = page('one').replace('index-one.css', 'index-two.css');
  expect(versionOf(new DOMParser().parseFromString(css, 'text/html'))).not.toBe(version('one'));
  expect(version('one')).toBe('/assets/index-one.js /assets/index-one.css');
});
