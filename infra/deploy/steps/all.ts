import type { Step } from '../step.ts';
import { assets } from './assets.ts';
import { build } from './build.ts';
import { bundle } from './bundle.ts';
import { infra } from './infra.ts';
import { preflight } from './preflight.ts';
import { prune } from './prune.ts';
import { purge } from './purge.ts';
import { release } from './release.ts';
import { rollback } from './rollback.ts';
import { smoke } from './smoke.ts';

/** By the names under which they are called. */
export const STEPS: Record<string, Step> = {
  preflight,
  build,
  bundle,
  infra,
  assets,
  smoke,
  release,
  prune,
  purge,
  rollback,
};
