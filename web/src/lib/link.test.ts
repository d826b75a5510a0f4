import { describe, expect, test } from 'vitest';
import { linkTarget } from './link.ts';

const HERE = 'https://longrun.example';

describe('an address that somebody else wrote', () => {
  test.each([
    ['/library/a%20b.md#p2', '/library/a%20b.md#p2'],
    ['/runs/x?tab=steps', '/runs/x?tab=steps'],
    [`${HERE}/threads`, '/threads'],
    ['/a/../library/x', '/library/x'],
  ])('%s -> a page of the application', (url, href) => {
    expect(linkTarget(url, HERE)).toEqual({ kind: 'inner', href });
  });

  test.each(['https://evil.example/x', 'http://longrun.example/', 'HTTPS://a.example:8443/?q=1'])(
    '%s -> another site',
    (url) => {
      expect(linkTarget(url, HERE)).toEqual({ kind: 'outer', href: new URL(url).href });
    },
  );

  test.each([
    String.raw`/\evil.example/x`,
    String.raw`/\/evil.example`,
    '//evil.example/x',
    '///evil.example',
    '/\t/evil.example/x',
    '/\n\\evil.example/x',
    '//[::bad',
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    `blob:${HERE}/1`,
    'https://',
    'evil.example',
    '#x',
    '',
  ])('%j -> nowhere', (url) => {
    expect(linkTarget(url, HERE)).toBeNull();
  });
});
