import { invalid } from './errors.ts';

/** Where a listing goes on: after this name, in this parent. Opaque to callers. */
export function pageToken(parent: string, after: string): string {
  return Buffer.from(JSON.stringify([parent, after])).toString('base64url');
}

/** The name to go on after, '' without a token. Throws INVALID_ARGUMENT for a token of another listing, or none of ours. */
export function afterOf(token: string, parent: string): string {
  if (token === '') return '';
  try {
    const found: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (Array.isArray(found) && found[0] === parent && typeof found[1] === 'string') return found[1];
  } catch {
    // not JSON: refused below like any other foreign token
  }
  throw invalid('page_token is not one that this listing gave out.');
}

/** Larger than the maximum is cut down (https://google.aip.dev/158), negative is refused. */
export function pageSize(wanted: number, maximum: number): number {
  if (wanted < 0) throw invalid('page_size must not be negative.');
  return wanted === 0 ? maximum : Math.min(wanted, maximum);
}
