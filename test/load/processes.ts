import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Clock ticks a second on Linux, in which /proc counts CPU time. */
const TICKS = 100;
const SAMPLE_MS = 1_000;
const MB = 1_024;

export interface ProcessUse {
  rss_mb: { before: number; peak: number; after: number };
  cpu_s: number;
}

/** Memory and CPU time of every process of an installation while something goes on. Source: proc(5). */
export class ProcessWatch {
  readonly #data: string;
  readonly #uses = new Map<string, ProcessUse>();
  #timer: NodeJS.Timeout | undefined;

  constructor(data: string) {
    this.#data = data;
  }

  async start(): Promise<void> {
    await this.#sample((name, rss, cpu) => {
      this.#uses.set(name, { rss_mb: { before: rss, peak: rss, after: rss }, cpu_s: -cpu });
    });
    const sample = () =>
      this.#sample((name, rss) => {
        const use = this.#uses.get(name);
        if (use !== undefined) use.rss_mb.peak = Math.max(use.rss_mb.peak, rss);
      });
    this.#timer = setInterval(() => void sample(), SAMPLE_MS);
  }

  async stop(): Promise<Record<string, ProcessUse>> {
    clearInterval(this.#timer);
    await this.#sample((name, rss, cpu) => {
      const use = this.#uses.get(name);
      if (use === undefined) return;
      use.rss_mb.after = rss;
      use.rss_mb.peak = Math.max(use.rss_mb.peak, rss);
      use.cpu_s = Math.round((use.cpu_s + cpu) * 10) / 10;
    });
    return Object.fromEntries(this.#uses);
  }

  async #sample(onProcess: (name: string, rssMb: number, cpuS: number) => void): Promise<void> {
    const text = await readFile(join(this.#data, 'pids.json'), 'utf8');
    for (const [name, pid] of Object.entries(JSON.parse(text) as Record<string, number>)) {
      const [status, stat] = await Promise.all([
        readFile(`/proc/${pid}/status`, 'utf8'),
        readFile(`/proc/${pid}/stat`, 'utf8'),
      ]);
      const rss = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / MB;
      // The name in parentheses may hold spaces; the fields after it count from the third.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      onProcess(name, Math.round(rss), (Number(fields[11]) + Number(fields[12])) / TICKS);
    }
  }
}
