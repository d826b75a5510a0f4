/**
 * What the three providers send over HTTP, by their public references: OpenAI's chat completions, Anthropic's messages,
 * Google's generateContent. Only what the tests need.
 */
export interface Provider {
  name: string;
  /** Settings for a model at this address. */
  env(base: string): Record<string, string>;
  /** Path of the calls below the address. */
  path: string;
  /** Events of a stream that says the pieces; `cached` of the 100 tokens of input come from a cache. */
  says(pieces: string[], options?: { end?: string | null; cached?: number }): unknown[];
  /** Of a stream that calls the tool `search` with a query. */
  calls(query: string): unknown[];
  /** The same in one piece, where the model is asked for one. */
  call(query: string): Record<string, unknown> | null;
  /** Of a stream that is refused. */
  refuses(): unknown[];
  /** Body of an error. */
  error(kind: ErrorKind): Record<string, unknown>;
  /** The status with which it comes. */
  status(kind: ErrorKind): number;
}

export type ErrorKind = 'access' | 'missing' | 'context' | 'rate' | 'quota' | 'broken' | 'overloaded';

const MESSAGES: Record<ErrorKind, string> = {
  access: 'The key is not valid.',
  missing: 'There is no such model.',
  context: 'Your input is too long.',
  rate: 'Too many requests.',
  quota: 'You have no credit.',
  broken: 'Something went wrong here.',
  overloaded: 'We are overloaded.',
};
const STATUS: Record<ErrorKind, number> = {
  access: 401,
  missing: 404,
  context: 400,
  rate: 429,
  quota: 429,
  broken: 500,
  overloaded: 503,
};

const chunk = (delta: unknown, finish: string | null = null) => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, delta, finish_reason: finish }],
});
const OPENAI_CODES: Partial<Record<ErrorKind, string>> = {
  access: 'invalid_api_key',
  missing: 'model_not_found',
  context: 'context_length_exceeded',
  rate: 'rate_limit_exceeded',
  quota: 'insufficient_quota',
};

export const openai: Provider = {
  name: 'openai',
  env: (base) => ({ MODEL: 'openai:gpt-4o', OPENAI_BASE_URL: `${base}/v1` }),
  path: '/v1/chat/completions',
  says: (pieces, { end = 'stop', cached = 0 } = {}) => [
    ...pieces.map((content) => chunk({ role: 'assistant', content })),
    ...(end === null ? [] : [chunk({}, end)]),
    {
      ...chunk({}),
      choices: [],
      usage: {
        prompt_tokens: 100,
        completion_tokens: 5,
        total_tokens: 105,
        prompt_tokens_details: { cached_tokens: cached },
      },
    },
    ...(end === null ? [] : ['[DONE]']),
  ],
  calls: (query) => [
    chunk({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: 't1', type: 'function', function: { name: 'search', arguments: '' } }],
    }),
    chunk({ tool_calls: [{ index: 0, function: { arguments: JSON.stringify({ query }) } }] }),
    chunk({}, 'tool_calls'),
    '[DONE]',
  ],
  call: (query) => ({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-4o',
    choices: [
      {
        index: 0,
        finish_reason: 'tool_calls',
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 't1',
              type: 'function',
              function: { name: 'search', arguments: JSON.stringify({ query }) },
            },
          ],
        },
      },
    ],
  }),
  refuses: () => [
    chunk({ role: 'assistant', content: null, refusal: '' }),
    chunk({ refusal: 'I will not ' }),
    chunk({ refusal: 'help with that.' }),
    chunk({}, 'stop'),
    '[DONE]',
  ],
  error: (kind) => ({
    error: {
      message: MESSAGES[kind],
      type: kind === 'broken' || kind === 'overloaded' ? 'server_error' : 'invalid_request_error',
      param: null,
      code: OPENAI_CODES[kind] ?? null,
    },
  }),
  status: (kind) => STATUS[kind],
};

const ANTHROPIC_TYPES: Record<ErrorKind, string> = {
  access: 'authentication_error',
  missing: 'not_found_error',
  context: 'invalid_request_error',
  rate: 'rate_limit_error',
  quota: 'invalid_request_error',
  broken: 'api_error',
  overloaded: 'overloaded_error',
};
const ANTHROPIC_MESSAGES: Partial<Record<ErrorKind, string>> = {
  context: 'prompt is too long: 213000 tokens > 200000 maximum',
  quota: 'Your credit balance is too low to access the Anthropic API.',
};
const start = (cached: number) => ({
  type: 'message_start',
  message: {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: {
      input_tokens: 100 - cached,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: cached,
      output_tokens: 1,
    },
  },
});
const stop = (reason: string) => [
  { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: 4 } },
  { type: 'message_stop' },
];

export const anthropic: Provider = {
  name: 'anthropic',
  env: (base) => ({ MODEL: 'anthropic:claude-sonnet-4-5', ANTHROPIC_BASE_URL: base }),
  path: '/v1/messages',
  says: (pieces, { end = 'end_turn', cached = 0 } = {}) => [
    start(cached),
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...pieces.map((text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } })),
    ...(end === null ? [] : [{ type: 'content_block_stop', index: 0 }, ...stop(end)]),
  ],
  calls: (query) => [
    start(0),
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't1', name: 'search', input: {} },
    },
    {
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: JSON.stringify({ query }) },
    },
    { type: 'content_block_stop', index: 0 },
    ...stop('tool_use'),
  ],
  call: (query) => ({
    ...start(0).message,
    content: [{ type: 'tool_use', id: 't1', name: 'search', input: { query } }],
    stop_reason: 'tool_use',
  }),
  refuses: () => [
    start(0),
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_stop', index: 0 },
    ...stop('refusal'),
  ],
  error: (kind) => ({
    type: 'error',
    error: { type: ANTHROPIC_TYPES[kind], message: ANTHROPIC_MESSAGES[kind] ?? MESSAGES[kind] },
  }),
  status: (kind) => (kind === 'quota' ? 400 : kind === 'overloaded' ? 529 : STATUS[kind]),
};

const part = (text: string | null, finishReason?: string, usageMetadata?: unknown) => ({
  candidates: [
    {
      index: 0,
      ...(text === null ? {} : { content: { role: 'model', parts: [{ text }] } }),
      ...(finishReason === undefined ? {} : { finishReason }),
    },
  ],
  ...(usageMetadata === undefined ? {} : { usageMetadata }),
});
const GOOGLE_STATUS: Record<ErrorKind, string> = {
  access: 'INVALID_ARGUMENT',
  missing: 'NOT_FOUND',
  context: 'INVALID_ARGUMENT',
  rate: 'RESOURCE_EXHAUSTED',
  quota: 'RESOURCE_EXHAUSTED',
  broken: 'INTERNAL',
  overloaded: 'UNAVAILABLE',
};
const GOOGLE_MESSAGES: Partial<Record<ErrorKind, string>> = {
  access: 'API key not valid. Please pass a valid API key.',
  context: 'The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).',
  // What it says for every limit, also for that of a minute.
  rate: 'You exceeded your current quota, please check your plan and billing details.',
};

export const google: Provider = {
  name: 'google',
  env: (base) => ({ MODEL: 'google-genai:gemini-2.5-flash', GOOGLE_BASE_URL: base }),
  path: '/v1beta/models/*',
  says: (pieces, { end = 'STOP', cached = 0 } = {}) => {
    // Every part tells what was used so far.
    const usage = (candidatesTokenCount: number, thoughtsTokenCount = 0) => ({
      promptTokenCount: 100,
      cachedContentTokenCount: cached,
      candidatesTokenCount,
      thoughtsTokenCount,
      totalTokenCount: 100 + candidatesTokenCount + thoughtsTokenCount,
    });
    return [
      ...pieces.map((text) => part(text, undefined, usage(1))),
      ...(end === null ? [] : [part(null, end, usage(2, 3))]),
    ];
  },
  calls: (query) => [
    {
      candidates: [
        {
          index: 0,
          content: { role: 'model', parts: [{ functionCall: { name: 'search', args: { query } } }] },
        },
      ],
    },
    part(null, 'STOP'),
  ],
  call: () => null,
  refuses: () => [part('I', undefined), part(null, 'SAFETY')],
  error: (kind) => ({
    error: {
      code: STATUS[kind],
      message: GOOGLE_MESSAGES[kind] ?? MESSAGES[kind],
      status: GOOGLE_STATUS[kind],
      details: [
        kind === 'rate'
          ? { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }
          : { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: GOOGLE_STATUS[kind] },
      ],
    },
  }),
  status: (kind) => (kind === 'access' ? 400 : STATUS[kind]),
};

export const providers = [openai, anthropic, google];

/** The events as server-sent ones. */
export function eventStream(events: unknown[]): string {
  return events
    .map((event) => {
      const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
      const name = typeof type === 'string' ? `event: ${type}\n` : '';
      return `${name}data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
    })
    .join('');
}

export const EVENT_STREAM = { 'content-type': 'text/event-stream' };
