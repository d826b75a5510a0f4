import type { RunError } from '@longrun/shared';

/** What the codes of errors mean for a person; any other error speaks for itself. */
const WORDS: { [code: string]: string } = {
  run_timeout: 'The run reached its time limit',
  step_timeout: 'A step reached its time limit',
  timeout: 'A service took too long to answer',
  rate_limited: 'A service asked for fewer requests',
  model_access_denied: 'The model refused access',
  upstream_error: 'A service had an error of its own',
  network_error: 'A service could not be reached',
  storage_unavailable: 'The storage could not be reached',
  recursion_limit: 'The graph took more steps than allowed',
  state_too_large: 'The state became too large to store',
  state_not_serializable: 'The state holds something that cannot be stored',
  process_ended: 'The graph ended the process that executed it',
  attempts_exhausted: 'It was tried again and again without getting further',
  quota_exceeded: 'What models may cost here in a day is used up',
  unknown_graph: 'This graph is not served any more',
};

export function errorWords({ code }: RunError): string | null {
  return WORDS[code] ?? null;
}

/** What helps against it. */
const HELP: { [code: string]: string } = {
  run_timeout: 'Trying again gives it the whole time once more.',
  step_timeout: 'Trying again repeats only the step that was open.',
  rate_limited: 'Trying again a little later usually helps.',
  model_access_denied: 'Check the key and the name of the model, then try again.',
  process_ended: 'The graph must be mended first; then trying again goes on from its last step.',
  recursion_limit: 'Ask again with a higher "recursion_limit" in the options.',
};

export function errorHelp({ code }: RunError): string {
  return HELP[code] ?? 'Trying again goes on from there.';
}
