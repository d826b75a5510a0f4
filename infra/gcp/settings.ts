import { fileURLToPath } from 'node:url';

/** What a stack's configuration says, checked. Secrets are kept apart: they are known to Pulumi only. */
export interface Settings {
  project: string;
  region: string;
  edge: 'load-balancer' | 'firebase-hosting';
  domain: string | null;
  model: string;
  modelBaseUrl: string | null;
  modelPrice: string | null;
  alertEmail: string;
  /** US dollars. */
  monthlyBudget: number;
  billingAccount: string | null;
  /** Deploys by git push; null: only by hand. */
  github: { owner: string; name: string; stateBucket: string; stateKey: string } | null;
  /** Where functions find a Redis server that has no public address. */
  network: { network: string; subnetwork: string } | null;
  googleClientId: string | null;
  minInstances: number;
  /** Of the worker, which holds the graphs; null: what it needs for those of this repository. */
  workerMemory: string | null;
  runTtlHours: number | null;
  /** What users may have, by the names of the functions' settings; what is not named is their default. */
  quotas: Record<string, string>;
  /** Part of the runs that are traced, from 0 to 1. */
  traceRate: number | null;
  /** Origins whose pages may call the API, parted by commas. */
  allowOrigins: string | null;
  /** Whether who signed in without a name makes API keys; null: as the functions do if nothing is said. */
  anonymousApiKeys: boolean | null;
  /** Folder that holds the functions' bundle; LONGRUN_BUNDLE names another one. */
  bundle: string;
}

/** Reads one key, such as `longrun:edge`; undefined when it is not set. */
export type Read = (key: string) => string | undefined;

const EDGES = ['load-balancer', 'firebase-hosting'] as const;
const BUNDLE = fileURLToPath(new URL('../../functions/dist/', import.meta.url));
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;
const DOMAIN = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/;

/** Throws an Error that names every problem of the configuration at once. */
export function parseSettings(read: Read, isSecretSet: (key: string) => boolean): Settings {
  const problems: string[] = [];
  const text = (key: string, pattern: RegExp, what: string): string | null => {
    const value = read(key) ?? '';
    if (value === '') return null;
    if (!pattern.test(value)) problems.push(`${key}=${JSON.stringify(value)} must be ${what}`);
    return value;
  };
  const required = (key: string, pattern: RegExp, what: string): string => {
    const value = text(key, pattern, what);
    if (value === null) problems.push(`${key} is missing: ${what}`);
    return value ?? '';
  };
  const number = (key: string, from: number, to: number): number | null => {
    const value = text(key, /^\d+(\.\d+)?$/, `a number from ${from} to ${to}`);
    if (value === null) return null;
    if (Number(value) < from || Number(value) > to)
      problems.push(`${key}=${value} must be from ${from} to ${to}`);
    return Number(value);
  };
  const flag = (key: string): boolean | null => {
    const value = text(key, /^(true|false)$/, 'true or false');
    return value === null ? null : value === 'true';
  };

  const edgeText = read('longrun:edge') ?? 'load-balancer';
  const edge = EDGES.find((each) => each === edgeText);
  if (edge === undefined) problems.push(`longrun:edge="${edgeText}" must be ${EDGES.join(' or ')}`);

  const settings: Settings = {
    project: required('gcp:project', PROJECT, 'the id of a Google Cloud project'),
    region: required('gcp:region', /^[a-z]+-[a-z]+\d+$/, 'a region such as us-central1'),
    edge: edge ?? 'load-balancer',
    domain: text('longrun:domain', DOMAIN, 'a domain such as longrun.example.com'),
    model: required(
      'longrun:model',
      /^((google|google-genai|openai|anthropic|ollama):\S+|none)$/,
      'provider:name, e.g. google:gemini-2.5-flash, or none',
    ),
    modelBaseUrl: text('longrun:modelBaseUrl', /^https?:\/\/\S+$/, 'an http(s) URL'),
    modelPrice: text(
      'longrun:modelPrice',
      /^\d*\.?\d+(,\d*\.?\d+){1,2}$/,
      'input,output[,cached] in dollars',
    ),
    alertEmail: required('longrun:alertEmail', /^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an email address'),
    monthlyBudget: number('longrun:monthlyBudget', 1, 1_000_000) ?? 50,
    billingAccount: text(
      'longrun:billingAccount',
      /^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/,
      'like 012345-6789AB-CDEF01',
    ),
    github: githubOf(text, required),
    network: networkOf(text, required),
    googleClientId: text(
      'longrun:googleClientId',
      /^\S+\.apps\.googleusercontent\.com$/,
      'an OAuth client id',
    ),
    minInstances: number('longrun:minInstances', 0, 100) ?? 0,
    workerMemory: text('longrun:workerMemory', /^[1-4]Gi$/, 'from 1Gi to 4Gi'),
    runTtlHours: number('longrun:runTtlHours', 1, 24 * 365),
    quotas: quotasOf(text),
    traceRate: number('longrun:traceRate', 0, 1),
    allowOrigins: text(
      'longrun:allowOrigins',
      /^(\*|https:\/\/[^\s,/]+(,https:\/\/[^\s,/]+)*)$/,
      '"*", or origins such as https://chat.example.com, parted by commas',
    ),
    anonymousApiKeys: flag('longrun:anonymousApiKeys'),
    bundle: process.env['LONGRUN_BUNDLE'] ?? BUNDLE,
  };
  if (settings.edge === 'load-balancer' && settings.domain === null) {
    problems.push('longrun:domain is missing: the load balancer needs one for its certificate');
  }
  if (settings.edge === 'firebase-hosting' && settings.github !== null) {
    problems.push('longrun:githubRepository needs longrun:edge=load-balancer: a push uploads to its bucket');
  }
  if (providerKey(settings.model) !== null && settings.modelBaseUrl === null && !isSecretSet('modelKey')) {
    problems.push(`longrun:modelKey is missing: ${settings.model} needs it (or longrun:modelBaseUrl)`);
  }
  if (settings.model.startsWith('ollama:') && settings.modelBaseUrl === null) {
    problems.push('longrun:modelBaseUrl is missing: where the ollama server is');
  }
  if (settings.googleClientId !== null && !isSecretSet('googleClientSecret')) {
    problems.push('longrun:googleClientSecret is missing: googleClientId needs it');
  }
  if (problems.length > 0) {
    throw new Error(`The configuration has ${problems.length} problem(s):\n  - ${problems.join('\n  - ')}`);
  }
  return settings;
}

type Text = (key: string, pattern: RegExp, what: string) => string | null;
type Required = (key: string, pattern: RegExp, what: string) => string;

function githubOf(text: Text, required: Required): Settings['github'] {
  const repository = text('longrun:githubRepository', /^[\w.-]+\/[\w.-]+$/, 'owner/name');
  if (repository === null) return null;
  const [owner = '', name = ''] = repository.split('/');
  return {
    owner,
    name,
    stateBucket: required(
      'longrun:stateBucket',
      /^[a-z0-9][\w.-]+$/,
      'the bucket of `pulumi login gs://...`',
    ),
    stateKey: required(
      'longrun:stateKey',
      /^projects\/[^/]+\/locations\/[^/]+\/keyRings\/[^/]+\/cryptoKeys\/[^/]+$/,
      'the key of `gcpkms://...`',
    ),
  };
}

const QUOTA =
  '(QUOTA_(ANONYMOUS_)?(RUNS_AT_ONCE|RUNNING_AT_ONCE|RUNS_PER_DAY|USD_PER_DAY)|' +
  'QUOTA_TOTAL_(RUNS_AT_ONCE|USD_PER_DAY|USD_PER_DAY_HARD)|MAX_RECURSION_LIMIT|MAX_RUN_TIMEOUT_S)=\\d+(\\.\\d+)?';
const QUOTAS = new RegExp(`^${QUOTA}( +${QUOTA})*$`);

function quotasOf(text: Text): Record<string, string> {
  const list = text('longrun:quotas', QUOTAS, 'NAME=NUMBER, parted by spaces, with names of infra/README.md');
  const pairs = (list ?? '').split(/ +/).filter((pair) => pair !== '');
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)));
}

function networkOf(text: Text, required: Required): Settings['network'] {
  const network = text('longrun:network', /^[a-z][a-z0-9-]*$/, 'the name of a VPC network');
  if (network === null) return null;
  return {
    network,
    subnetwork: required('longrun:subnetwork', /^[a-z][a-z0-9-]*$/, 'a subnetwork of longrun:network'),
  };
}

/** What the names of a provider's variables begin with, as the functions read them; null: it needs no key. */
export function providerKey(model: string): 'GOOGLE' | 'OPENAI' | 'ANTHROPIC' | null {
  const provider = model.split(':', 1)[0];
  switch (provider) {
    case 'google':
    case 'google-genai':
      return 'GOOGLE';
    case 'openai':
      return 'OPENAI';
    case 'anthropic':
      return 'ANTHROPIC';
    default:
      return null;
  }
}
