import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Project } from '../config.ts';
import { tooSlow } from '../within.ts';
import { REPORTS, reportSchema, type Report } from './report.ts';

export interface ChildOptions {
  project: Project;
  ids: string[];
  /** For each graph. Milliseconds. */
  limitMs: number;
  onReport: (report: Report) => void;
}

/** How the process ended, and the last that its modules printed. */
export interface ChildEnd {
  reason: string;
  printed: string;
}

/** The child itself gives a graph up after the limit, unless the module keeps its processor. Milliseconds. */
const GRACE_MS = 3_000;
/** Until Node has started and the first graph is begun. Milliseconds. */
const START_MS = 15_000;
const MAX_PRINTED = 500;

/** Starts one process that describes these graphs, one after the other, and tells what it says until it ends. */
export async function runChild({ project, ids, limitMs, onReport }: ChildOptions): Promise<ChildEnd> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, project.file, String(limitMs), ...ids], {
    cwd: project.folder,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const exited = once(child, 'close');
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-MAX_PRINTED);
    });
  }
  let busy = false;
  const tooLong = () => {
    busy = true;
    child.kill('SIGKILL');
  };
  let timer = setTimeout(tooLong, START_MS + limitMs);
  const reports = child.stdio[REPORTS];
  if (reports instanceof Readable) {
    createInterface({ input: reports }).on('line', (line) => {
      const report = reportSchema.parse(JSON.parse(line));
      if (report.kind === 'loading') {
        clearTimeout(timer);
        timer = setTimeout(tooLong, limitMs + GRACE_MS);
      }
      onReport(report);
    });
  }
  try {
    const [code, signal] = await exited;
    const ended = signal === null ? `exit code ${String(code)}` : String(signal);
    return { reason: busy ? tooSlow(limitMs).message : `it ended the process (${ended}).`, printed };
  } finally {
    clearTimeout(timer);
  }
}
