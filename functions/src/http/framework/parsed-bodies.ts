import { createRequire } from 'node:module';

/** What functions-framework makes its parsers with. */
const PARSERS = ['json', 'text', 'urlencoded', 'raw'] as const;

/**
 * functions-framework lets its parsers take 1,024 MB. What comes over the wire was bounded before (`admission.ts`); a
 * compressed body grows only here, so that a thousandth of the memory it takes has to be sent.
 */
export function limitParsedBodies(maxBytes: number): void {
  const framework = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const parsers: unknown = createRequire(framework)('body-parser');
  if (!isParsers(parsers)) throw new Error('functions-framework has another body-parser than is known here.');
  for (const name of PARSERS) {
    const make = parsers[name];
    parsers[name] = (options) => make.call(parsers, { ...options, limit: maxBytes });
  }
}

type Parsers = Record<(typeof PARSERS)[number], (options: object) => unknown>;

function isParsers(value: unknown): value is Parsers {
  return (
    typeof value === 'function' && PARSERS.every((name) => typeof Reflect.get(value, name) === 'function')
  );
}
