import { isObject, type Json } from '@longrun/shared';

const INDEX = /\[([^\]]*)\]/g;

/** What text search looks at: every text and number of the value, or of what the paths name; nothing for false. */
export function textsOf(value: Json, paths: string[] | false | null): string[] {
  if (paths === false) return [];
  return paths === null ? leaves(value) : paths.flatMap((path) => at(value, path).flatMap(leaves));
}

/** `$` for all, `a.b`, `list[*].title`, `list[0]`, `list[-1]`; a path that leads nowhere names nothing. */
function at(value: Json, path: string): Json[] {
  if (path === '' || path === '$') return [value];
  const steps = path.replaceAll(INDEX, '.[$1]').split('.');
  return steps
    .filter((step) => step !== '')
    .reduce<Json[]>((found, step) => found.flatMap((one) => take(one, step)), [value]);
}

function take(value: Json, step: string): Json[] {
  const inside = /^\[(.*)\]$/.exec(step)?.[1];
  if (inside !== undefined) {
    if (!Array.isArray(value)) return [];
    if (inside === '*') return value;
    const one = value.at(Number(inside));
    return one === undefined || !/^-?\d+$/.test(inside) ? [] : [one];
  }
  if (!isObject(value) || !Object.hasOwn(value, step)) return [];
  const one = value[step];
  return one === undefined ? [] : [one];
}

/** Names of fields are not what a value says. */
function leaves(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap(leaves);
  return isObject(value) ? Object.values(value).flatMap(leaves) : [];
}
