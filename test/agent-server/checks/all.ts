import { ASSISTANTS } from './assistants.ts';
import type { Check } from './check.ts';
import { LIVE } from './live.ts';
import { REMOTE } from './remote.ts';
import { RUNS } from './runs.ts';
import { SERVICE } from './service.ts';
import { STORE } from './store.ts';
import { STREAMS } from './streams.ts';
import { THREADS } from './threads.ts';

export const CHECKS: Check[] = [SERVICE, ASSISTANTS, THREADS, LIVE, RUNS, STREAMS, STORE, REMOTE].flat();
