import { inspect } from 'node:util';

/** What a module threw may be anything, and as long as it likes. Characters. */
const MAX = 2_000;
/** What the loader adds to names of files. */
const NAMESPACE = /[?&](?:tsx-)?namespace=[\w-]+/g;

/** What somebody's code threw, in words. */
export function thrownText(thrown: unknown): string {
  const text = words(thrown).replaceAll(NAMESPACE, '').trim();
  return text.length > MAX ? `${text.slice(0, MAX)}…`.toWellFormed() : text;
}

function words(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  if (typeof thrown !== 'object' || thrown === null) return `it threw ${String(thrown)}`;
  const message = 'message' in thrown ? thrown.message : undefined;
  if (typeof message === 'string' && message !== '') return `${message}${hint(thrown)}`;
  return `it threw ${inspect(thrown, { depth: 2, breakLength: Infinity })}`;
}

function hint(error: object): string {
  const code = 'code' in error ? error.code : undefined;
  return code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
    ? " Is everything installed in the project's folder (npm install)?"
    : '';
}
