export type LinkTarget = { kind: 'inner'; href: string } | { kind: 'outer'; href: string };

/**
 * Where an address that somebody else wrote leads, as the browser's own parser reads it: to a page of this application, or
 * by http(s) to another site. Null for what is neither: `javascript:` and the like, and what looks like a path but is
 * taken for another host, such as `//host` and `/\host`.
 */
export function linkTarget(url: string, origin = location.origin): LinkTarget | null {
  const isPath = url.startsWith('/');
  if (!isPath && !/^https?:\/\//i.test(url)) return null;
  if (!URL.canParse(url, origin)) return null;
  const to = new URL(url, origin);
  if (to.origin === origin) return { kind: 'inner', href: `${to.pathname}${to.search}${to.hash}` };
  return isPath ? null : { kind: 'outer', href: to.href };
}
