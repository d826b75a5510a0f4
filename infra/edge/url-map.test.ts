import { describe, expect, test } from 'vitest';
import { cacheControl, CLOUD_SERVICES, securityHeaders } from './headers.ts';
import { ruleFor, URL_MAP } from './url-map.ts';

describe('B2: where a path goes', () => {
  test.each([
    ['/api/admin', 'admin', null],
    ['/api/admin/overview', 'admin', null],
    ['/api/administer', 'api', null],
    ['/api', 'api', null],
    ['/api/runs', 'api', null],
    ['/apiary', 'bucket', '/index.html'],
    ['/', 'bucket', '/index.html'],
    ['/runs/1', 'bucket', '/index.html'],
    ['/assets/a.js', 'bucket', null],
    ['/__/firebase/init.json', 'config', null],
  ])('%s -> %s, fallback %s', (path, to, fallback) => {
    expect(ruleFor(path)).toMatchObject({ to, fallback });
  });

  test('the first match is the longest, as a URL map takes it', () => {
    const patterns = URL_MAP.flatMap(({ paths }) => paths);
    for (const [i, earlier] of patterns.entries()) {
      const shadowed = patterns
        .slice(i + 1)
        .filter((later) => earlier.endsWith('*') && later.startsWith(earlier.slice(0, -1)));
      expect(shadowed).toEqual([]);
    }
  });
});

test.each([
  ['/assets/index-1a2b.js', 'public, max-age=31536000, immutable'],
  ['/index.html', 'no-cache'],
  ['/icon.svg', 'no-cache'],
])('B1: %s is served with %s', (path, expected) => {
  expect(cacheControl(path)).toBe(expected);
});

describe('B1: the content security policy', () => {
  const directives = (authDomain?: string): Map<string, string> => {
    const policy = securityHeaders(CLOUD_SERVICES, authDomain)['content-security-policy'] ?? '';
    return new Map(
      policy.split('; ').map((text) => [text.split(' ', 1)[0] ?? '', text.slice(text.indexOf(' ') + 1)]),
    );
  };

  test('no inline script, no frame, only the configured services', () => {
    expect(directives().get('script-src')).toBe("'self'");
    expect(directives().get('frame-src')).toBe("'none'");
    expect(directives().get('frame-ancestors')).toBe("'none'");
    expect(directives().get('connect-src')).toBe(`'self' ${CLOUD_SERVICES.join(' ')}`);
  });

  test('signing in by a popup -> the helper frame and its script are allowed', () => {
    expect(directives('p.firebaseapp.com').get('script-src')).toBe("'self' https://apis.google.com");
    expect(directives('p.firebaseapp.com').get('frame-src')).toBe('https://p.firebaseapp.com');
  });
});
