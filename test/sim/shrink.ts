import type { Plan, PlannedRun } from './plan.ts';

/** Plans with one part less than `plan`: what the search for the smallest one tries next. */
function* smaller(plan: Plan): Iterable<Plan> {
  for (const i of plan.requests.keys()) {
    if (plan.requests.length > 1) yield { ...plan, requests: plan.requests.toSpliced(i, 1) };
  }
  for (const i of plan.acts.keys()) yield { ...plan, acts: plan.acts.toSpliced(i, 1) };
  if (plan.cron !== null) yield { ...plan, cron: null };
  if (plan.copy !== 'own') yield { ...plan, copy: 'own' };
  if (plan.talkative) yield { ...plan, talkative: false };
  if (plan.tidied) yield { ...plan, tidied: false };
  for (const i of plan.faults.keys()) yield { ...plan, faults: plan.faults.toSpliced(i, 1) };
  for (const [i, request] of plan.requests.entries()) {
    for (const less of simpler(request)) yield { ...plan, requests: plan.requests.with(i, less) };
  }
}

function* simpler(request: PlannedRun): Iterable<PlannedRun> {
  const { answers, cancels, retryAfter, fails, checkpoint, timeout, again, api } = request;
  if (api !== null) {
    yield { ...request, api: null };
    if (api.after !== null) yield { ...request, api: { ...api, after: null } };
    if (api.streams) yield { ...request, api: { ...api, streams: false } };
    if (api.mixed) yield { ...request, api: { ...api, mixed: false } };
    if (api.agreed) yield { ...request, api: { ...api, agreed: false } };
  }
  for (const i of cancels.keys()) yield { ...request, cancels: cancels.toSpliced(i, 1) };
  for (const i of answers.keys()) {
    if (answers.length > 1) yield { ...request, answers: answers.toSpliced(i, 1) };
  }
  if (retryAfter !== null) yield { ...request, retryAfter: null };
  if (again !== null) yield { ...request, again: null };
  if (timeout !== null) yield { ...request, timeout: null };
  if (fails !== null) yield { ...request, fails: null };
  if (checkpoint !== null) yield { ...request, checkpoint: null };
}

/** Trials that a search may take. */
const MAX_TRIALS = 400;

/** The smallest plan found of which `fails` is still true, by leaving out one part after the other. */
export async function shrink(plan: Plan, fails: (plan: Plan) => Promise<boolean>): Promise<Plan> {
  let best = plan;
  let trials = 0;
  for (let found = true; found;) {
    found = false;
    for (const next of smaller(best)) {
      if ((trials += 1) > MAX_TRIALS) return best;
      if (!(await fails(next))) continue;
      best = next;
      found = true;
      break;
    }
  }
  return best;
}
