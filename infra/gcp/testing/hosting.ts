/**
 * For the tests: answers requests as Firebase Hosting would with a firebase.json. Source:
 * https://firebase.google.com/docs/hosting/full-config (reserved paths, then files, then rewrites, then 404).
 */
import type { EdgeAnswer } from '../../edge/edge.suite.ts';
import type { FirebaseJson } from '../edge/firebase-json.ts';

export interface HostedFiles {
  /** Path with its leading "/" -> content. */
  files: Readonly<Record<string, string>>;
  typeOf: (path: string) => string;
  /** Hosting's own answer at /__/firebase/init.json. */
  init: string;
  call: (service: string, path: string) => { status: number; body: string };
}

export function askHosting({ hosting }: FirebaseJson, world: HostedFiles, path: string): EdgeAnswer {
  const headers: Record<string, string> = {};
  for (const entry of hosting.headers) {
    if (matchesGlob(entry.source, path)) for (const { key, value } of entry.headers) headers[key] = value;
  }
  const json = { ...headers, 'content-type': 'application/json' };
  if (path === '/__/firebase/init.json') return { status: 200, headers: json, body: world.init };
  const file = (name: string): EdgeAnswer | undefined => {
    const content = world.files[name];
    if (content === undefined) return undefined;
    // Hosting compresses by itself.
    return {
      status: 200,
      headers: { ...headers, 'content-type': world.typeOf(name), 'content-encoding': 'br' },
      body: content,
    };
  };
  const found = file(path.endsWith('/') ? `${path}index.html` : path);
  if (found !== undefined) return found;
  const rewrite = hosting.rewrites.find(({ source }) => matchesGlob(source, path));
  if (rewrite?.run !== undefined) return { ...world.call(rewrite.run.serviceId, path), headers: json };
  return file(rewrite?.destination ?? '') ?? { status: 404, headers, body: 'Not Found' };
}

/** Of Hosting's globs those that are used: `**`, `/a`, `/a/**`, and `!` before one. */
export function matchesGlob(glob: string, path: string): boolean {
  if (glob.startsWith('!')) return !matchesGlob(glob.slice(1), path);
  if (glob === '**') return true;
  return glob.endsWith('/**') ? path.startsWith(glob.slice(0, -2)) : path === glob;
}
