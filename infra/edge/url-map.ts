/**
 * Where a request goes: read by the local edge, and made for a Google Cloud URL map, whose path rules have the
 * same form. The first rule that matches counts.
 */
export interface PathRule {
  /** `/api/*` matches everything below `/api/`; without a star the path itself. */
  paths: readonly string[];
  to: 'api' | 'config' | 'bucket';
  /** For files that do not exist: the page itself, answered with 200. Never for assets or the API. */
  fallback: '/index.html' | null;
}

export const URL_MAP: readonly PathRule[] = [
  { paths: ['/api', '/api/*'], to: 'api', fallback: null },
  { paths: ['/__/firebase/init.json'], to: 'config', fallback: null },
  { paths: ['/assets/*'], to: 'bucket', fallback: null },
  { paths: ['/*'], to: 'bucket', fallback: '/index.html' },
];

export function ruleFor(path: string): PathRule {
  const rule = URL_MAP.find(({ paths }) =>
    paths.some((pattern) =>
      pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern,
    ),
  );
  if (rule === undefined) throw new Error('The last rule of the URL map matches every path.');
  return rule;
}
