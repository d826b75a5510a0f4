import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Request, Response } from 'express';
import { LongrunError } from '@longrun/shared';
// Its version; and the import is how a bundle knows that the package must be installed.
import swaggerUi from 'swagger-ui-dist/package.json' with { type: 'json' };
import { docsPage, PAGE_SCRIPT, PAGE_STYLE } from './page.ts';

const compress = promisify(gzip);
const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** Addresses of these name their version. */
const IMMUTABLE = 'public, max-age=31536000, immutable';
const SCRIPT = 'text/javascript; charset=utf-8';
const STYLE = 'text/css; charset=utf-8';

interface File {
  type: string;
  cache: string;
  read: () => Promise<string | Buffer>;
}

const ofSwagger = (name: string, type: string): File => ({
  type,
  cache: IMMUTABLE,
  read: () => readFile(join(SWAGGER_UI, name)),
});

const FILES: ReadonlyMap<string, File> = new Map([
  ['swagger-ui-bundle.js', ofSwagger('swagger-ui-bundle.js', SCRIPT)],
  ['swagger-ui.css', ofSwagger('swagger-ui.css', STYLE)],
  ['page.js', { type: SCRIPT, cache: 'no-cache', read: async () => PAGE_SCRIPT }],
  ['page.css', { type: STYLE, cache: 'no-cache', read: async () => PAGE_STYLE }],
]);
/** What was compressed once: the bundle has 1.7 MB, 0.5 MB compressed. */
const compressed = new Map<string, Promise<Buffer>>();

/** `identity`: origin of the local identity server, where the page can sign in a guest; null in the cloud. */
export function serveDocs(res: Response, identity: string | null): void {
  res.set({
    'content-security-policy': policy(identity),
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  });
  res.type('html').send(docsPage({ swaggerVersion: swaggerUi.version, identity }));
}

/** Throws `not_found`. */
export async function serveDocsFile(req: Request, res: Response): Promise<void> {
  const name = String(req.params['file']);
  const file = FILES.get(name);
  if (file === undefined) throw new LongrunError('not_found', 'The documentation has no such file.');
  res.set({
    'content-type': file.type,
    'cache-control': file.cache,
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  });
  if (req.acceptsEncodings('gzip') === false) {
    res.send(await file.read());
    return;
  }
  let packed = compressed.get(name);
  if (packed === undefined) {
    packed = file.read().then((content) => compress(content));
    compressed.set(name, packed);
    packed.catch(() => compressed.delete(name));
  }
  res.set('content-encoding', 'gzip').send(await packed);
}

/** Nothing but files of this server, and the calls that are tried. */
function policy(identity: string | null): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src 'self'${identity === null ? '' : ` ${identity}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
