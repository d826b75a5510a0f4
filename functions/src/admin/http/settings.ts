import type { AdminConfig } from '@longrun/shared';
import { configSchema } from '../../config/config.ts';

/** Read where models and libraries are opened, apart from the functions' own settings. */
const OTHERS = [
  'MODEL',
  'MODEL_PRICE',
  'GOOGLE_API_KEY',
  'GOOGLE_BASE_URL',
  'OPENAI_API_KEY',
  'OPENAI_BASE_URL',
  'ANTHROPIC_API_KEY',
  'ANTHROPIC_BASE_URL',
  'OLLAMA_BASE_URL',
  'LIBRARY_DIR',
  'LIBRARY_INDEX',
] as const;

type Env = Record<string, string | undefined>;

/** E5: every setting as it is in force; of a secret only whether it is set. */
export function settingsInForce(env: Env): AdminConfig {
  const own = Object.entries(configSchema.shape).map(([name, schema]) => {
    const byDefault = schema.safeParse(undefined);
    return shown(name, env[name], byDefault.success ? byDefault.data : undefined);
  });
  return { settings: [...own, ...OTHERS.map((name) => shown(name, env[name], undefined))] };
}

function shown(name: string, set: string | undefined, byDefault: unknown): AdminConfig['settings'][number] {
  const secret = /_(KEY|SECRET|TOKEN|PASSWORD)$/.test(name);
  if (set !== undefined && set !== '') {
    return { name, value: secret ? null : withoutPassword(set), secret, from: 'environment' };
  }
  const value = byDefault === undefined || secret ? null : String(byDefault);
  return { name, value, secret, from: 'default' };
}

/** A URL may hold a user's name, a password, or a key in its query. */
function withoutPassword(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text;
  const url = new URL(text);
  const hidden = url.username !== '' || url.password !== '' || url.search !== '';
  if (!hidden) return text;
  const userinfo = url.username !== '' || url.password !== '' ? '***@' : '';
  return `${url.protocol}//${userinfo}${url.host}${url.pathname}${url.search === '' ? '' : '?***'}`;
}
