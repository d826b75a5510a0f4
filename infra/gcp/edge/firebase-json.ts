import { CLOUD_SERVICES, cacheControl, securityHeaders } from '../../edge/headers.ts';
import { URL_MAP } from '../../edge/url-map.ts';

interface Rewrite {
  source: string;
  destination?: string;
  run?: { serviceId: string; region: string };
}

export interface FirebaseJson {
  hosting: {
    site: string;
    public: string;
    ignore: string[];
    headers: { source: string; headers: { key: string; value: string }[] }[];
    rewrites: Rewrite[];
  };
}

/**
 * The edge's data as Firebase Hosting takes it. Hosting answers `/__/firebase/init.json` by itself, serves a file where there is
 * one, and only then looks at the rewrites: the first that matches counts.
 * Source: https://firebase.google.com/docs/hosting/full-config
 */
export function firebaseJson(options: {
  project: string;
  region: string;
  /** Folder of the built page, relative to where firebase.json is written. */
  folder: string;
  serviceOf: (to: 'api' | 'admin') => string;
}): FirebaseJson {
  const { project, region, folder, serviceOf } = options;
  const headers = (values: Record<string, string>) =>
    Object.entries(values).map(([key, value]) => ({ key, value }));
  return {
    hosting: {
      site: project,
      public: folder,
      ignore: ['firebase.json', '**/.*'],
      headers: [
        {
          source: '**',
          headers: headers({
            ...securityHeaders(CLOUD_SERVICES, `${project}.firebaseapp.com`),
            'cache-control': cacheControl('/index.html'),
          }),
        },
        // A later entry overrides an earlier one.
        { source: '/assets/**', headers: headers({ 'cache-control': cacheControl('/assets/') }) },
      ],
      rewrites: URL_MAP.flatMap(({ paths, to, fallback }): Rewrite[] => {
        if (to === 'api' || to === 'admin') {
          return paths.map((path) => ({ source: glob(path), run: { serviceId: serviceOf(to), region } }));
        }
        // No rewrite below /assets: a missing one stays a 404.
        return fallback === null ? [] : [{ source: '!/assets/**', destination: fallback }];
      }),
    },
  };
}

/** A URL map's `/api/*` is Hosting's `/api/**`. */
function glob(path: string): string {
  return path.endsWith('/*') ? `${path}*` : path;
}
