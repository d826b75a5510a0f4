import * as z from 'zod';
import { isObject } from '@longrun/shared';

type Schema = Parameters<typeof z.fromJSONSchema>[0];

/** What a real answer has that the document does not say, or lacks that it does. Empty: the answer is as documented. */
export type CheckAnswer = (
  request: { method: string; path: string },
  status: number,
  body: unknown,
) => string[];

/**
 * Holds real answers to an OpenAPI document as it was served. Objects may have no other properties than the named ones, so
 * that what is not documented is found as well. `path`: as it was called, without a query.
 */
export function answerChecker(document: unknown): CheckAnswer {
  const paths = object(at(document, 'paths'));
  const components = object(at(document, 'components', 'schemas'));
  const definitions = Object.fromEntries(
    Object.entries(components).map(([name, schema]) => [name, local(schema)]),
  );
  return ({ method, path }, status, body) => {
    const template = Object.keys(paths).find((each) => matches(each, path));
    const operation = template === undefined ? undefined : at(paths, template, method.toLowerCase());
    if (operation === undefined) return [`${method} ${path} is not documented`];
    const answer = at(operation, 'responses', String(status));
    if (answer === undefined) return [`${method} ${path} is not documented to answer ${status}`];
    const schema = at(answer, 'content', 'application/json', 'schema');
    if (schema === undefined) return body === null ? [] : [`${method} ${path} is documented to have no body`];
    const parsed = z
      .fromJSONSchema({ ...object(local(schema)), $defs: definitions } as Schema)
      .safeParse(body);
    return parsed.success
      ? []
      : parsed.error.issues.map((issue) => `${method} ${path}: ${issue.path.join('.')} ${issue.message}`);
  };
}

/** The same schema with its references pointing to `$defs`, and closed. */
function local(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(local);
  if (!isObject(schema)) return schema;
  const copy = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [
      keyword,
      keyword === '$ref' ? String(value).replace('#/components/schemas/', '#/$defs/') : local(value),
    ]),
  );
  return 'properties' in copy && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}

function matches(template: string, path: string): boolean {
  const pattern = template.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'id' ? '.+' : '[^/]+'));
  return new RegExp(`^${pattern}$`).test(path);
}

function at(value: unknown, ...keys: string[]): unknown {
  return keys.reduce<unknown>((part, key) => (isObject(part) ? part[key] : undefined), value);
}

function object(value: unknown): Record<string, unknown> {
  if (!isObject(value)) throw new Error('The document is not complete.');
  return value;
}
