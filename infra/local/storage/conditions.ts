/** Preconditions. Source: https://cloud.google.com/storage/docs/request-preconditions */
import { conditionNotMet, invalid, StorageApiError } from './errors.ts';
import type { StoredObject } from './object.ts';

export interface Conditions {
  generation?: string;
  notGeneration?: string;
  metageneration?: string;
  notMetageneration?: string;
}

/** Of a request's query; `source`: those about the object that is copied. Throws a StorageApiError. */
export function conditionsOf(query: URLSearchParams, source = false): Conditions {
  const read = (name: string): string | undefined => {
    const value = query.get(source ? name.replace(/^if/, 'ifSource') : name);
    if (value === null) return undefined;
    if (!/^\d{1,19}$/.test(value)) throw invalid(`${name} must be a number.`);
    return value;
  };
  const all = {
    generation: read('ifGenerationMatch'),
    notGeneration: read('ifGenerationNotMatch'),
    metageneration: read('ifMetagenerationMatch'),
    notMetageneration: read('ifMetagenerationNotMatch'),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** `reading`: what has not changed is answered by 304, as HTTP has it. Throws a StorageApiError. */
export function check(conditions: Conditions, object: StoredObject | undefined, reading = false): void {
  const generation = object?.generation ?? '0';
  const metageneration = String(object?.metageneration ?? 0);
  const { generation: wanted, notGeneration, metageneration: wantedMeta, notMetageneration } = conditions;
  if (wanted !== undefined && wanted !== generation) throw conditionNotMet();
  if (wantedMeta !== undefined && wantedMeta !== metageneration) throw conditionNotMet();
  if (notGeneration === generation || notMetageneration === metageneration) {
    if (reading) throw new StorageApiError(304, 'notModified', 'Not modified.');
    throw conditionNotMet();
  }
}
