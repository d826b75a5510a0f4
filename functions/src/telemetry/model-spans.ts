import { BaseCallbackHandler } from '@langchain/core/callbacks/base';
import type { Serialized } from '@langchain/core/load/serializable';
import type { BaseMessage } from '@langchain/core/messages';
import type { LLMResult } from '@langchain/core/outputs';
import { isObject, type Run } from '@longrun/shared';
import { scopes, type Scope } from './scope.ts';
import { attemptSpanId, nodeSpanId, randomSpanId, type Span } from './span.ts';

interface OpenCall {
  kind: Span['kind'];
  name: string;
  parent: string;
  start: number;
}

/** The handlers that an attempt gives to LangChain: none while it is not traced. */
export function modelSpans(run: Run): BaseCallbackHandler[] {
  const scope = scopes.getStore();
  return scope?.isAbout(run) === true ? [new ModelSpans(scope, run)] : [];
}

/** Each call of a model or of a tool as a span of the step that makes it: names and numbers, never what was said. */
class ModelSpans extends BaseCallbackHandler {
  readonly name = 'longrun_model_spans';
  /** Otherwise LangChain calls the handler later, and the times would be those of its queue. */
  override awaitHandlers = true;
  readonly #scope: Scope;
  readonly #run: Run;
  readonly #open = new Map<string, OpenCall>();

  constructor(scope: Scope, run: Run) {
    super();
    this.#scope = scope;
    this.#run = run;
  }

  override handleChatModelStart(
    llm: Serialized,
    _messages: BaseMessage[][],
    id: string,
    _parent?: string,
    extra?: Record<string, unknown>,
    _tags?: string[],
    metadata?: Record<string, unknown>,
  ): void {
    this.#start(id, 'model', modelName(llm, extra, metadata), metadata);
  }

  override handleLLMStart(
    llm: Serialized,
    _prompts: string[],
    id: string,
    _parent?: string,
    extra?: Record<string, unknown>,
    _tags?: string[],
    metadata?: Record<string, unknown>,
  ): void {
    this.#start(id, 'model', modelName(llm, extra, metadata), metadata);
  }

  override handleLLMEnd(output: LLMResult, id: string): void {
    this.#end(id, tokensOf(output));
  }

  override handleLLMError(error: unknown, id: string): void {
    this.#end(id, { error: error instanceof Error ? error.name : 'unknown' });
  }

  override handleToolStart(
    tool: Serialized,
    _input: string,
    id: string,
    _parent?: string,
    _tags?: string[],
    metadata?: Record<string, unknown>,
    name?: string,
  ): void {
    this.#start(id, 'other', `tool ${name ?? tool.id.at(-1) ?? ''}`, metadata);
  }

  override handleToolEnd(_output: unknown, id: string): void {
    this.#end(id, {});
  }

  override handleToolError(error: unknown, id: string): void {
    this.#end(id, { error: error instanceof Error ? error.name : 'unknown' });
  }

  #start(id: string, kind: Span['kind'], name: string, metadata: Record<string, unknown> = {}): void {
    this.#open.set(id, { kind, name, parent: this.#step(metadata), start: this.#scope.now() });
  }

  #end(id: string, labels: Span['labels']): void {
    const call = this.#open.get(id);
    if (call === undefined) return;
    this.#open.delete(id);
    this.#scope.add({ id: randomSpanId(), ...call, end: this.#scope.now(), labels });
  }

  /** LangGraph names the task as the end of a path: `node:task`, those of subgraphs before it. */
  #step(metadata: Record<string, unknown>): string {
    const path = metadata['langgraph_checkpoint_ns'];
    const task = typeof path === 'string' ? path.split('|').at(-1)?.split(':').at(-1) : undefined;
    const { attempt } = this.#run;
    return task === undefined || task === ''
      ? attemptSpanId(this.#run, attempt)
      : nodeSpanId(this.#run, attempt, task);
  }
}

function modelName(
  llm: Serialized,
  extra?: Record<string, unknown>,
  metadata?: Record<string, unknown>,
): string {
  const params = extra?.['invocation_params'];
  const inParams =
    typeof params === 'object' && params !== null && 'model' in params ? params.model : undefined;
  const name = metadata?.['ls_model_name'] ?? inParams;
  return typeof name === 'string' ? name : (llm.id.at(-1) ?? 'model');
}

function tokensOf({ generations }: LLMResult): Span['labels'] {
  const [first] = generations.flat();
  const message = first !== undefined && 'message' in first ? first.message : undefined;
  const usage =
    typeof message === 'object' && message !== null && 'usage_metadata' in message
      ? message.usage_metadata
      : undefined;
  if (!isObject(usage)) return {};
  const { input_tokens, output_tokens } = usage;
  return {
    ...(typeof input_tokens === 'number' ? { input_tokens: String(input_tokens) } : {}),
    ...(typeof output_tokens === 'number' ? { output_tokens: String(output_tokens) } : {}),
  };
}
