/**
 * Where a request goes: read by the local edge, and made for a Google Cloud URL map, whose path rules have the
 * same form. The first rule that matches counts; longer paths stand first, so it is also the longest match, which a URL map
 * takes. A fallback is the rule's custom error response: map-wide it would rewrite the API's JSON errors, and on
 * /assets/* fill caches with HTML.
 */
export interface PathRule {
  /** `/api/*` matches everything below `/api/`; without a star the path itself. */
  paths: readonly string[];
  to: 'api' | 'admin' | 'config' | 'bucket';
  /** For files that do not exist: the page itself, answered with 200. Never for assets or the API. */
  fallback: '/index.html' | null;
}

export const URL_MAP: readonly PathRule[] = [
  { paths: ['/api/admin', '/api/admin/*'], to: 'admin', fallback: null },
  { paths: ['/api', '/api/*'], to: 'api', fallback: null },
  { paths: ['/__/firebase/init.json'], to: 'config', fallback: null },
  { paths: ['/assets/*'], to: 'bucket', fallback: null },
  { paths: ['/*'], to: 'bucket', fallback: '/index.html' },
];

/** `path` begins with "/" and has no query. */
export function ruleFor(path: string): PathRule {
  const rule = URL_MAP.find(({ paths }) => paths.some((pattern) => matchesPath(pattern, path)));
  if (rule === undefined) throw new Error('The last rule of the URL map matches every path.');
  return rule;
}

/** "/a/*" matches "/a/" and all below it, not "/a". */
export function matchesPath(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
