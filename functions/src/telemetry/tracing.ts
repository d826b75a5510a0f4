import { Recorder, type Exporter } from './recorder.ts';

export interface TracingOptions {
  exporter: Exporter;
  /** Which part of the runs is traced, from 0 to 1. */
  rate: number;
}

let current: { recorder: Recorder; rate: number } | undefined;

/** From now on runs are traced; once, before the first request. */
export function startTracing({ exporter, rate }: TracingOptions): void {
  current = { recorder: new Recorder(exporter), rate };
}

/** For tests. */
export function stopTracing(): void {
  current = undefined;
}

/** Undefined while tracing is off: then nothing is measured, and nothing of it costs anything. */
export function recorder(): Recorder | undefined {
  return current?.recorder;
}

/** By the trace's id, so that every process that sees it decides alike. */
export function isSampled(traceId: string): boolean {
  return current !== undefined && Number.parseInt(traceId.slice(0, 8), 16) < current.rate * 0x1_0000_0000;
}
