import type { GraphInfo } from '@longrun/shared';
import * as z from 'zod';
import type { GraphEntry } from '../graph-entry.ts';

const metaSchema = z.object({
  title: z.string(),
  description: z.string(),
  examples: z.array(z.string()),
  steps: z.record(z.string(), z.string()),
  uses_model: z.boolean().optional(),
});

/** What people are told of a graph: what its module says in `meta`, or what can be told from its nodes. */
export function graphInfo(entry: GraphEntry, meta: unknown, nodes: string[]): GraphInfo {
  const said = metaSchema.safeParse(meta);
  if (said.success) return { id: entry.id, ...said.data };
  const names = nodes.filter((name) => !name.startsWith('__'));
  return {
    id: entry.id,
    title: words(entry.id),
    description: entry.description,
    examples: [],
    steps: Object.fromEntries(names.map((name) => [name, words(name)])),
  };
}

/** `generate_query` -> `Generate query` */
function words(name: string): string {
  const text = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
