import { isObject, type JsonObject } from '@longrun/shared';

export type Options = { kind: 'right'; value: JsonObject | null } | { kind: 'wrong'; reason: string };

export function parseOptions(text: string): Options {
  if (text.trim() === '') return { kind: 'right', value: null };
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value)
      ? { kind: 'right', value }
      : { kind: 'wrong', reason: 'Options must be a JSON object, such as { "recursion_limit": 50 }.' };
  } catch (error) {
    return { kind: 'wrong', reason: `This is not JSON yet: ${(error as Error).message}` };
  }
}
