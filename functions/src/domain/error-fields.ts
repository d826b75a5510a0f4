/** What a thrown value of unknown make says of itself. */

const MAX_CHAIN = 5;

/** The error and those that caused it. */
export function chain(error: unknown): unknown[] {
  const links: unknown[] = [];
  for (let link = error; link !== undefined && link !== null && links.length < MAX_CHAIN;) {
    links.push(link);
    link = field(link, 'cause');
  }
  return links;
}

export function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value
    ? (value as Record<string, unknown>)[name]
    : undefined;
}

/** Of several errors that caused one another, the first that has the field as this type. */
export function text(links: unknown[], name: string): string | undefined {
  return links.map((link) => field(link, name)).find((value) => typeof value === 'string');
}

export function number(links: unknown[], name: string): number | undefined {
  return links.map((link) => field(link, name)).find((value) => typeof value === 'number');
}

/** What a person should read: without the wrapping and the links that libraries put around a provider's words. */
export function messageOf(error: Error): string {
  // Anthropic's client puts the whole body into the message.
  const inner = field(field(field(error, 'error'), 'error'), 'message');
  const said = typeof inner === 'string' && inner !== '' ? inner : error.message;
  const plain = said
    .replace(/\s*Troubleshooting URL: \S+\s*$/, '')
    .replace(/^\[GoogleGenerativeAI Error\]: (?:Error fetching from \S+: )?/, '')
    .trim();
  return (plain === '' ? error.name : plain).slice(0, 4_000);
}
