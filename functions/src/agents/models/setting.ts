/** Which model answers, as `MODEL=provider:name`. Light to import: no model library is loaded here. */
export interface ModelSetting {
  provider: 'google' | 'openai' | 'ollama' | 'anthropic';
  name: string;
}

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

/** The setting of an environment, or undefined when MODEL is unset or empty. Throws as parseModelSetting does. */
export function modelSetting(env: Env): ModelSetting | undefined {
  const value = env['MODEL']?.trim() ?? '';
  return value === '' ? undefined : parseModelSetting(value);
}

/** What keeps the configured model from being called, one line each; empty when all is well. */
export function modelProblems(env: Env): string[] {
  try {
    const setting = modelSetting(env);
    return setting === undefined ? [] : keyProblems(setting, env);
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function keyProblems({ provider, name }: ModelSetting, env: Env): string[] {
  const key = keyNeeded(provider, env);
  if (key === undefined || (env[key] ?? '') !== '') return [];
  const hint = provider === 'openai' ? ' (or set OPENAI_BASE_URL for a server that needs none)' : '';
  return [`${key} is missing: MODEL=${provider}:${name} needs it${hint}`];
}

function keyNeeded(provider: ModelSetting['provider'], env: Env): string | undefined {
  switch (provider) {
    case 'google':
      return 'GOOGLE_API_KEY';
    case 'anthropic':
      return 'ANTHROPIC_API_KEY';
    case 'openai':
      return (env['OPENAI_BASE_URL'] ?? '') === '' ? 'OPENAI_API_KEY' : undefined;
    case 'ollama':
      return undefined;
  }
}

/** What the page shows: `extractive` without a model, else e.g. `google:gemini-2.5-flash`. Throws as above. */
export function modelLabel(env: Env): string {
  const setting = modelSetting(env);
  return setting === undefined ? 'extractive' : `${setting.provider}:${setting.name}`;
}
