import type { DocumentQuery, DocumentWrite, Value } from '../ports/documents.ts';

/** A call that no store would take; a mistake of the caller, never of the network. */
export class InvalidCall extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidCall';
  }
}

const MAX_ID_BYTES = 1500;
const RESERVED = /^__.*__$/s;

export function checkWrites(writes: DocumentWrite[]): void {
  for (const write of writes) {
    checkPath(write.path, 'document');
    if (write.op === 'delete') continue;
    if (write.op === 'update' && Object.keys(write.fields).length === 0) {
      throw new InvalidCall(`An update of ${write.path} names no field.`);
    }
    if (write.op === 'increment') {
      if (Object.keys(write.by).length === 0) throw new InvalidCall(`${write.path}: nothing is added.`);
      for (const [name, more] of Object.entries(write.by)) {
        checkValue(more, `${write.path}: ${name}`, name);
        if (!Number.isFinite(more) || name in write.fields) {
          throw new InvalidCall(`${write.path}: ${name} cannot be added to.`);
        }
      }
    }
    for (const [name, value] of Object.entries(write.fields))
      checkValue(value, `${write.path}: ${name}`, name);
  }
}

export function checkQuery(query: DocumentQuery): void {
  if (query.group === true) checkId(query.collection, query.collection);
  else checkPath(query.collection, 'collection');
  if (query.limit !== undefined && (!Number.isSafeInteger(query.limit) || query.limit < 1)) {
    throw new InvalidCall(`A limit is a positive whole number, not ${query.limit}.`);
  }
  if ((query.startAfter?.length ?? 0) > (query.orderBy?.length ?? 0)) {
    throw new InvalidCall('startAfter names more values than orderBy has fields.');
  }
}

/** Slash-joined ids: an even number of them for a document, an odd number for a collection. */
export function checkPath(path: string, kind: 'document' | 'collection'): void {
  const ids = path.split('/');
  for (const id of ids) checkId(id, path);
  if (ids.length % 2 !== (kind === 'document' ? 0 : 1)) throw new InvalidCall(`${path} is no ${kind} path.`);
}

function checkId(id: string, path: string): void {
  const bad =
    id === '' || id === '.' || id === '..' || id.includes('/') || RESERVED.test(id) || !id.isWellFormed();
  if (bad || Buffer.byteLength(id) > MAX_ID_BYTES)
    throw new InvalidCall(`${path} holds a reserved or bad id.`);
}

function checkValue(value: unknown, where: string, name: string): asserts value is Value {
  if (name === '' || RESERVED.test(name)) throw new InvalidCall(`${where} is a reserved field name.`);
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return;
  if (value instanceof Uint8Array) return;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new InvalidCall(`${where} is an invalid date.`);
    return;
  }
  if (Array.isArray(value)) {
    for (const element of value) {
      if (Array.isArray(element)) throw new InvalidCall(`${where} holds a list directly in a list.`);
      checkValue(element, `${where}[]`, 'element');
    }
    return;
  }
  const prototype: unknown = typeof value === 'object' ? Object.getPrototypeOf(value) : undefined;
  if (typeof value !== 'object' || (prototype !== Object.prototype && prototype !== null)) {
    throw new InvalidCall(`${where} holds a ${typeof value} that cannot be stored.`);
  }
  for (const [key, inner] of Object.entries(value)) checkValue(inner, `${where}.${key}`, key);
}
