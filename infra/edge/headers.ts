/** Cache and security headers of what the bucket serves, for the local edge and the cloud's backend bucket alike. */
const ASSET_CACHE = 'public, max-age=31536000, immutable';
/** HTML names the assets of its version, so it is asked for anew each time. */
const PAGE_CACHE = 'no-cache';

export function cacheControl(path: string): string {
  return path.startsWith('/assets/') ? ASSET_CACHE : PAGE_CACHE;
}

/** Google's services that the page talks to in production. */
export const CLOUD_SERVICES = [
  'https://firestore.googleapis.com',
  'https://identitytoolkit.googleapis.com',
  'https://securetoken.googleapis.com',
] as const;

/** The embedded servers; each tab has a host label of its own for Firestore. */
export const LOCAL_SERVICES = ['http://localhost:*', 'http://*.localhost:*', 'http://127.0.0.1:*'] as const;

/** On every answer, the API's too. HSTS counts over https only; elsewhere browsers ignore it. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
};

/**
 * On whatever the bucket serves. `services`: the origins that the page may connect to besides its own. `authDomain`: Firebase's
 * host for signing in by a popup, which needs a helper frame from there and a script of Google's.
 */
export function securityHeaders(services: readonly string[], authDomain?: string): Record<string, string> {
  const policy = [
    "default-src 'self'",
    `script-src 'self'${authDomain === undefined ? '' : ' https://apis.google.com'}`,
    `frame-src ${authDomain === undefined ? "'none'" : `https://${authDomain}`}`,
    // Style attributes carry widths and positions; there is no inline script.
    "style-src 'self' 'unsafe-inline'",
    // Pictures of accounts; and Firestore's SDK asks for an image to tell a lost channel from a lost network.
    "img-src 'self' data: https://*.googleusercontent.com https://www.google.com/images/cleardot.gif",
    `connect-src 'self' ${services.join(' ')}`,
    "object-src 'none'",
    "base-uri 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ];
  return {
    ...COMMON_HEADERS,
    'content-security-policy': policy.join('; '),
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  };
}
