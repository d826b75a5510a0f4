import { expect, test } from 'vitest';
import { contentType } from './content-types.ts';

test.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['assets/index-1a2b.js', 'text/javascript; charset=utf-8'],
  ['assets/a.worker.mjs', 'text/javascript; charset=utf-8'],
  ['assets/style.CSS', 'text/css; charset=utf-8'],
  ['assets/index-1a2b.js.map', 'application/json'],
  ['icon.svg', 'image/svg+xml'],
  ['site.webmanifest', 'application/manifest+json'],
  ['assets/font.woff2', 'font/woff2'],
  ['assets/engine.wasm', 'application/wasm'],
  ['a-name-without-an-ending', 'application/octet-stream'],
  ['assets.js/LICENSE', 'application/octet-stream'],
])('%s is %s', (name, type) => {
  expect(contentType(name)).toBe(type);
});
