import { extname, resolve } from 'node:path';

/** Where a graph is to be found. */
export interface GraphEntry {
  id: string;
  /** The module as `langgraph.json` names it: what messages begin with. */
  place: string;
  file: string;
  /** What the module calls it. */
  exportName: string;
  description: string;
  /** Why it cannot be served, where that is known without loading it. */
  problem?: string;
}

const PYTHON = new Set(['.py', '.pyx', '.pyd', '.pyi']);
const JAVASCRIPT = /^\.[cm]?[jt]sx?$/;

export function graphTarget(
  id: string,
  target: string | { path: string; description?: string | undefined },
  folder: string,
): GraphEntry {
  const { place, exportName } = exportIn(typeof target === 'string' ? target : target.path);
  const problem = problemOf(place);
  return {
    id,
    place,
    file: resolve(folder, place),
    exportName,
    description: (typeof target === 'string' ? undefined : target.description) ?? '',
    ...(problem === undefined ? {} : { problem }),
  };
}

/** `./agent.ts:graph` as the module, and what it calls it. */
export function exportIn(spec: string): { place: string; exportName: string } {
  const colon = spec.lastIndexOf(':');
  // `C:\agent.ts` names no export.
  const [place, name] = colon > 1 ? [spec.slice(0, colon), spec.slice(colon + 1)] : [spec, ''];
  return { place, exportName: name === '' ? 'default' : name };
}

export const isJavaScript = (place: string): boolean => JAVASCRIPT.test(extname(place));

function problemOf(place: string): string | undefined {
  const extension = extname(place);
  if (PYTHON.has(extension)) {
    return `${place}: graphs in Python are not served. Write the graph for LangGraph.js, or serve it with LangGraph's own server.`;
  }
  return isJavaScript(place) ? undefined : `${place}: the graph is not written in JavaScript or TypeScript.`;
}
