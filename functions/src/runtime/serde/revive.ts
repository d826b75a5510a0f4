import { loadRecord } from './load-record.ts';
import { isLcRecord, isMarked, unmark } from './records.ts';

const BREATH = 100; // levels that are read in one go; what lies deeper begins with an empty stack

/** What the parsed text stands for. A record that LangChain cannot bring back stays as it is written. */
export async function revive(value: unknown, depth = 0): Promise<unknown> {
  if (typeof value !== 'object' || value === null) return value;
  if (depth % BREATH === BREATH - 1) await undefined;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    for (const item of value) list.push(typeof item === 'object' ? await revive(item, depth + 1) : item);
    return list;
  }
  if (isLcRecord(value)) {
    // One that is not to be had any more must not take what lies beside it along.
    return await loadRecord(value, revive).catch(() => reviveFields(value, depth));
  }
  if (isMarked(value, 2) && value['type'] === 'object') {
    const { value: fields } = value;
    if (typeof fields === 'object' && fields !== null) return await reviveFields(fields, depth);
  }
  const fields = await reviveFields(value, depth);
  const meant = isMarked(fields, 2) ? unmark(fields) : undefined;
  return meant === undefined ? fields : meant.value;
}

async function reviveFields(value: object, depth: number): Promise<object> {
  const entries: [string, unknown][] = [];
  for (const [key, item] of Object.entries(value)) {
    entries.push([key, typeof item === 'object' ? await revive(item, depth + 1) : item]);
  }
  // Unlike an assignment it keeps the key `__proto__` as any other.
  return Object.fromEntries(entries);
}
