/** What a run's document collects while it goes on: messages, sources, usage. Each stays within its limit. */
import { MAX_SOURCES, MESSAGES_LIMIT, SOURCES_LIMIT } from './document-limits.ts';
import type { EventOf, Source } from './events.ts';
import { jsonBytes, type Json } from './json.ts';
import type { Message } from './messages.ts';
import type { Run, Usage } from './run.ts';

/** Replaces by id, keeps order. */
export function withMessage(messages: Message[], message: Message): Message[] {
  const known = messages.findIndex(({ id }) => id === message.id);
  return known < 0 ? [...messages, message] : messages.with(known, message);
}

/** The oldest go first when the list outgrows its limit. */
export function fitting(next: Message[], dropped: number | null): Pick<Run, 'messages' | 'messages_dropped'> {
  let bytes = 0;
  let from = next.length;
  while (from > 0) {
    bytes += jsonBytes(next[from - 1] as unknown as Json);
    if (bytes > MESSAGES_LIMIT) break;
    from -= 1;
  }
  return { messages: next.slice(from), messages_dropped: from === 0 ? dropped : (dropped ?? 0) + from };
}

export function withSource(sources: Source[], source: Source): Source[] {
  const known = sources.findIndex(({ id }) => id === source.id);
  const next = known < 0 ? [...sources, source] : sources.with(known, { ...sources[known], ...source });
  return next.length > MAX_SOURCES || jsonBytes(next as unknown as Json) > SOURCES_LIMIT ? sources : next;
}

export function addUsage(sum: Usage | undefined, more: EventOf<'usage'>['usage']): Usage {
  const cached =
    more.cached_tokens === undefined ? sum?.cached_tokens : (sum?.cached_tokens ?? 0) + more.cached_tokens;
  const cost = more.cost_usd === undefined ? sum?.cost_usd : (sum?.cost_usd ?? 0) + more.cost_usd;
  return {
    input_tokens: (sum?.input_tokens ?? 0) + more.input_tokens,
    output_tokens: (sum?.output_tokens ?? 0) + more.output_tokens,
    calls: (sum?.calls ?? 0) + (more.more === true ? 0 : 1),
    ...(cached === undefined ? {} : { cached_tokens: cached }),
    ...(cost === undefined ? {} : { cost_usd: cost }),
  };
}
