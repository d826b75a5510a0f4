/** Which model answers, as `MODEL=provider:name`. Light to import: no model library is loaded here. */
export interface ModelSetting {
  provider: 'google' | 'openai' | 'ollama' | 'anthropic';
  name: string;
}

/** US dollars per million tokens. */
export type Price = readonly [input: number, output: number, cachedInput: number];

type Env = Record<string, string | undefined>;

const PROVIDERS = new Map<string, ModelSetting['provider']>([
  ['google', 'google'],
  ['google-genai', 'google'], // LangChain's own name for it
  ['openai', 'openai'],
  ['ollama', 'ollama'],
  ['anthropic', 'anthropic'],
]);

const FORMS = 'google:gemini-2.5-flash, openai:gpt-4.1-mini, ollama:llama3.2, anthropic:claude-sonnet-4-5';
const NAME = /^[\w./:@-]{1,200}$/;

/** Parses `provider:name`; a name may hold colons (`ollama:llama3.2:3b`). Throws an Error that lists valid forms. */
export function parseModelSetting(value: string): ModelSetting {
  const text = value.trim();
  const colon = text.indexOf(':');
  const provider = PROVIDERS.get(text.slice(0, Math.max(colon, 0)).toLowerCase());
  const name = text.slice(colon + 1);
  if (provider === undefined || !NAME.test(name)) {
    throw new Error(`MODEL=${JSON.stringify(value)} must be provider:name, for example ${FORMS}`);
  }
  return { provider, name };
}

/** The setting of an environment, or undefined when MODEL is unset, empty or `none`. Throws as parseModelSetting does. */
export function modelSetting(env: Env): ModelSetting | undefined {
  const value = env['MODEL']?.trim() ?? '';
  return value === '' || value === 'none' ? undefined : parseModelSetting(value);
}

/** `input,output` or `input,output,cached input`, in US dollars per million tokens. Throws with the valid form. */
export function parsePrice(text: string): Price {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const [input = 0, output = 0, cached = input] = parts;
  if (parts.length < 2 || parts.length > 3 || !parts.every((part) => part >= 0 && part < 1e6)) {
    throw new Error(
      `MODEL_PRICE=${JSON.stringify(text)} must be input,output or input,output,cached in dollars per million tokens, e.g. 0.3,2.5,0.03`,
    );
  }
  return [input, output, cached];
}

/**
 * What keeps the configured model from being called, one line each; empty when all is well. `needsKey`: false for a process that
 * only names the model.
 */
export function modelProblems(env: Env, needsKey = true): string[] {
  const price = env['MODEL_PRICE'] ?? '';
  return [
    ...problemsOf(() => {
      const setting = modelSetting(env);
      return setting === undefined || !needsKey ? [] : keyProblems(setting, env);
    }),
    ...problemsOf(() => {
      if (price !== '') parsePrice(price);
      return [];
    }),
  ];
}

function problemsOf(check: () => string[]): string[] {
  try {
    return check();
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function keyProblems({ provider, name }: ModelSetting, env: Env): string[] {
  const key = keyNeeded(provider, env);
  if (key === undefined || (env[key] ?? '') !== '') return [];
  const base = key.replace('API_KEY', 'BASE_URL');
  return [
    `${key} is missing: MODEL=${provider}:${name} needs it (or set ${base} for a server that needs none)`,
  ];
}

function keyNeeded(provider: ModelSetting['provider'], env: Env): string | undefined {
  const prefix = KEYS[provider];
  const own = prefix === undefined || (env[`${prefix}_BASE_URL`] ?? '') !== '';
  return own ? undefined : `${prefix}_API_KEY`;
}

/** What the names of a provider's variables begin with. */
const KEYS: Record<ModelSetting['provider'], string | undefined> = {
  google: 'GOOGLE',
  anthropic: 'ANTHROPIC',
  openai: 'OPENAI',
  ollama: undefined,
};

/** What the page shows: `extractive` without a model, else e.g. `google:gemini-2.5-flash`. Throws as above. */
export function modelLabel(env: Env): string {
  const setting = modelSetting(env);
  return setting === undefined ? 'extractive' : `${setting.provider}:${setting.name}`;
}
