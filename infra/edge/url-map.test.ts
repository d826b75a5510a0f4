import { describe, expect, test } from 'vitest';
import { cacheControl, googleServices, pageHeaders } from './headers.ts';
import { matchRule } from './url-map.ts';

describe('B2: where a path goes', () => {
  test.each([
    ['/api', 'api', undefined],
    ['/api/runs', 'api', undefined],
    ['/apiary', 'bucket', '/index.html'],
    ['/', 'bucket', '/index.html'],
    ['/runs/1', 'bucket', '/index.html'],
    ['/assets', 'bucket', '/index.html'],
    ['/assets/a.js', 'bucket', undefined],
    ['/__/firebase/init.json', 'bucket', undefined],
  ])('%s -> %s, fallback %s', (path, backend, fallback) => {
    const rule = matchRule(path);
    expect([rule?.backend, rule?.errorResponse?.path]).toEqual([backend, fallback]);
  });
});

test.each([
  ['/assets/index-1a2b.js', 'public, max-age=31536000, immutable'],
  ['/index.html', 'no-cache'],
  ['/sw.js', 'no-cache'],
  ['/__/firebase/init.json', 'no-cache'],
  ['/icon.svg', 'public, max-age=3600'],
])('B1: %s is served with %s', (path, expected) => {
  expect(cacheControl(path)).toBe(expected);
});

test('B1: the policy allows the configured services and no inline script', () => {
  const policy = pageHeaders(googleServices('p.firebaseapp.com'))['Content-Security-Policy'] ?? '';
  const directives = new Map(
    policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]),
  );
  expect(directives.get('script-src')).toEqual(["'self'", 'https://apis.google.com']);
  expect(directives.get('connect-src')).toContain('https://securetoken.googleapis.com');
  expect(directives.get('frame-src')).toEqual(['https://p.firebaseapp.com']);
  expect(directives.get('frame-ancestors')).toEqual(["'none'"]);
});
