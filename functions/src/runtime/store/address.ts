import { InvalidNamespaceError } from '@langchain/langgraph-checkpoint';
import { hash } from 'node:crypto';
import { invalid, MAX_ADDRESS_BYTES, tooLarge } from './limits.ts';

/**
 * Where an item stands among all items of its owner. Labels hold no period, so `label.label..key` is unambiguous,
 * all that lies below a namespace is one range of text, and so are the items of the namespace itself. Firestore
 * answers ranges of one field without a composite index.
 */
export interface Range {
  from: string;
  /** The first address after the range; undefined for no end. */
  to: string | undefined;
}

/** `/` is the character after `.`. */
const AFTER_PERIOD = '/';

export const addressOf = (namespace: string[], key: string) => `${textOf(namespace)}.${key}`;

/** The inverse of addressOf. */
export function parseAddress(address: string): { namespace: string[]; key: string } {
  const end = address.indexOf('..');
  return { namespace: address.slice(0, end).split('.'), key: address.slice(end + 2) };
}

/** Ids of documents may hold no slash and must not be as long as an address. */
export const documentId = (address: string) => hash('sha256', address, 'base64url');

/** Everything in the namespace and below it; the whole store for an empty one. */
export function rangeBelow(namespace: string[]): Range {
  if (namespace.length === 0) return { from: '', to: undefined };
  return { from: textOf(namespace), to: afterNamespace(namespace) };
}

/** The first address that does not lie in the namespace or below it. */
export function afterNamespace(namespace: string[]): string {
  return `${namespace.join('.')}${AFTER_PERIOD}`;
}

/** The first address after the items of the namespace itself; what lies below it follows. */
export function afterItems(namespace: string[]): string {
  return `${textOf(namespace)}${AFTER_PERIOD}`;
}

function textOf(namespace: string[]): string {
  return `${namespace.join('.')}.`;
}

/**
 * Throws as LangGraph does for a namespace that nothing can be put in: empty, with empty labels or periods, or
 * below `langgraph`; `too_large` and `invalid_request` for what cannot be stored.
 */
export function checkAddress(namespace: unknown, key: unknown): void {
  checkLabels(namespace);
  if (namespace.length === 0) throw new InvalidNamespaceError('Namespace cannot be empty.');
  if (namespace[0] === 'langgraph') {
    throw new InvalidNamespaceError(`Root label for namespace cannot be "langgraph". Got: ${namespace}`);
  }
  if (typeof key !== 'string' || key === '' || !key.isWellFormed()) {
    throw invalid('A key must be a string of well-formed text that is not empty.');
  }
  const bytes = Buffer.byteLength(addressOf(namespace, key));
  if (bytes > MAX_ADDRESS_BYTES) {
    throw tooLarge(`Namespace and key hold ${bytes} bytes; at most ${MAX_ADDRESS_BYTES} can be stored.`);
  }
}

/** Whether something can be stored there: reading what cannot is no error and finds nothing. */
export function isAddress(namespace: string[], key: string): boolean {
  try {
    checkAddress(namespace, key);
    return true;
  } catch {
    return false;
  }
}

/** For prefixes, which may be empty. Throws InvalidNamespaceError. */
export function checkLabels(namespace: unknown): asserts namespace is string[] {
  if (!Array.isArray(namespace)) throw new InvalidNamespaceError('A namespace must be a list of labels.');
  for (const label of namespace) {
    if (typeof label !== 'string' || label === '' || label.includes('.') || !label.isWellFormed()) {
      throw new InvalidNamespaceError(
        `Invalid namespace label ${JSON.stringify(label)}: labels are strings that are not empty and hold no period.`,
      );
    }
  }
}
