import type { Project } from '../config.ts';
import { runChild, type ChildEnd } from './child.ts';
import type { Description } from './description.ts';
import { graphInfo } from './graph-info.ts';
import { LATE_MS } from './report.ts';

export interface DescribeOptions {
  project: Project;
  ids: string[];
  limitMs: number;
  onDescribed: (description: Description) => void;
  /** A file that the graphs import, relative to the project. */
  onFile: (file: string) => void;
}

/** Describes each of the graphs, or says why it cannot be loaded. One that takes its process down hides no other. */
export async function describeGraphs({ project, ids, limitMs, onDescribed, onFile }: DescribeOptions) {
  const broken = (id: string, message: string) => onDescribed(brokenGraph(project, id, message));
  const placed = (id: string, reason: string) => `${project.graphs.get(id)?.place ?? id}: ${reason}`;
  let rest = ids.filter((id) => {
    const problem = project.graphs.get(id)?.problem;
    if (problem !== undefined) broken(id, problem);
    return problem === undefined;
  });
  while (rest.length > 0) {
    const settled = new Set<string>();
    const threw = new Set<string>();
    const described = new Map<string, number>();
    let loading = rest[0] ?? '';
    let exited: string | undefined;
    const end = await runChild({
      project,
      ids: rest,
      limitMs,
      onReport: (report) => {
        switch (report.kind) {
          case 'file':
            return onFile(report.file);
          case 'loading':
            loading = report.id;
            return;
          case 'described':
            // What its leftovers threw meanwhile stands.
            if (!settled.has(report.description.id)) onDescribed(report.description);
            settled.add(report.description.id);
            described.set(report.description.id, performance.now());
            return;
          case 'failed':
            settled.add(report.id);
            return broken(report.id, report.message);
          case 'late':
            settled.add(report.id);
            threw.add(report.id);
            return broken(report.id, placed(report.id, `after it was imported: ${report.message}`));
          case 'exit':
            exited = report.id;
            return;
          default:
            return report satisfies never;
        }
      },
    });
    const blamed = exited ?? (rest.some((id) => !settled.has(id)) ? loading : undefined);
    if (blamed !== undefined) {
      // What it threw before it ended is the better reason.
      if (!threw.has(blamed)) broken(blamed, placed(blamed, endText(end)));
      // Those just before it may have left something behind that had no time to show itself.
      const unproven = [...described].filter(([, at]) => performance.now() - at < LATE_MS);
      for (const [id] of unproven) if (!threw.has(id)) settled.delete(id);
      settled.add(blamed);
    }
    rest = rest.filter((id) => !settled.has(id));
  }
}

function brokenGraph(project: Project, id: string, message: string): Description {
  const entry = project.graphs.get(id);
  if (entry === undefined) throw new Error(`There is no graph "${id}".`);
  return { ...graphInfo(entry, undefined, []), error: { code: 'graph_broken', message } };
}

function endText({ reason, printed }: ChildEnd): string {
  const said = printed.trim();
  return said === '' ? reason : `${reason} It printed last: ${said}`;
}
