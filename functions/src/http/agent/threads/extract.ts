import { isObject, type Json, type JsonObject } from '@longrun/shared';

/** `values.messages[-1].content`: names and places in lists, negative ones from the end. Null where there is nothing. */
export function extracted(thread: JsonObject, wanted: { [name: string]: string }): JsonObject {
  return Object.fromEntries(Object.entries(wanted).map(([name, path]) => [name, at(thread, path)]));
}

function at(thread: JsonObject, path: string): Json {
  const steps = path.match(/[^.[\]]+/g) ?? [];
  return steps.reduce<Json>((value, step) => {
    if (Array.isArray(value)) return value.at(Number(step)) ?? null;
    return isObject(value) && Object.hasOwn(value, step) ? (value[step] ?? null) : null;
  }, thread);
}
