import { cutText } from '@longrun/shared';

/** What a thrown value of unknown make says of itself. */

const MAX_CHAIN = 5;
const MAX_MESSAGE = 4_000;

/** The error and those that caused it. */
export function chain(error: unknown): unknown[] {
  const links: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && links.length < MAX_CHAIN;) {
    links.push(link);
    link = field(link, 'cause');
  }
  return links;
}

/** Undefined where there is no such field, and where looking at it throws: what is thrown need not be tame. */
export function field(value: unknown, name: string): unknown {
  try {
    return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
  } catch {
    return undefined;
  }
}

/** Of an error, or of whatever else was thrown. */
export function nameOf(thrown: unknown): string {
  const name = field(thrown, 'name');
  return typeof name === 'string' && name !== '' ? name : 'Error';
}

/** The name of the class, which libraries seldom put into `name`. */
export function className(thrown: unknown): string {
  const name = field(field(thrown, 'constructor'), 'name');
  return typeof name === 'string' ? name : '';
}

/** Of several errors that caused one another, the first that has the field as this type. */
export function text(links: unknown[], name: string): string | undefined {
  return links.map((link) => field(link, name)).find((value) => typeof value === 'string');
}

export function number(links: unknown[], name: string): number | undefined {
  return links.map((link) => field(link, name)).find((value): value is number => Number.isFinite(value));
}

/** The message as it was thrown. */
export function rawMessage(thrown: unknown): string {
  const message = field(thrown, 'message');
  if (typeof message === 'string') return message;
  try {
    return thrown instanceof Error ? '' : String(thrown);
  } catch {
    return '';
  }
}

/** LangGraph puts a field on what a node threw; of a text it so leaves only the complaint that this cannot be. */
const NO_FIELD_ON_TEXT = /^Cannot create property 'pregelTaskId' on \w+ '([\s\S]*)'$/;

function thrownText(message: string): string {
  return NO_FIELD_ON_TEXT.exec(message)?.[1] ?? message;
}

/** What a person should read: without the wrapping and the links that libraries put around a provider's words. */
export function messageOf(thrown: unknown): string {
  // Anthropic's client puts the whole body into the message.
  const inner = field(field(field(thrown, 'error'), 'error'), 'message');
  const said = typeof inner === 'string' && inner !== '' ? inner : rawMessage(thrown);
  const plain = thrownText(said)
    .replace(/\s*Troubleshooting URL: \S+\s*$/, '')
    .replace(/^\[GoogleGenerativeAI Error\]: (?:Error fetching from \S+: )?/, '')
    .trim();
  return cutText((plain === '' ? nameOf(thrown) : plain).toWellFormed(), MAX_MESSAGE);
}
