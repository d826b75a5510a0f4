import {
  isObject,
  jsonBytes,
  messageText,
  progressSchema,
  shorten,
  shortenText,
  sourceSchema,
  usageSchema,
  type Json,
  type Message,
  type NewEvent,
  type Source,
} from '@longrun/shared';
import * as z from 'zod';
import { withoutLargeFields } from './any-message.ts';
import {
  chunkEvents,
  Heard,
  messagesBeyond,
  messagesIn,
  messagesInOrder,
  stateToJson,
  type ChunkMetadata,
} from './message-events.ts';

/** A larger result is not repeated in the log; the checkpoint holds it. Bytes of JSON. */
const RESULT_LIMIT = 16_000;
const CUSTOM_LIMIT = 64_000;
/** A larger message is told by its text and its beginning. */
const MESSAGE_LIMIT = 200_000;
/** Characters of what a step says of itself. */
const PROGRESS_CHARS = 1_000;
const QUOTE_CHARS = 4_000;
const ERROR_CHARS = 4_000;

export type Price = (
  model: string,
  usage: { input_tokens: number; output_tokens: number; cached_tokens?: number },
) => number | undefined;

interface Where {
  task?: string;
  node?: string;
}

interface OpenTask {
  task: string;
  node: string;
  ns: string[];
}

/** What versions before 0.4 tell of tasks instead: mode `debug`, whose other parts say nothing more. */
const breakpointSchema = z.tuple([
  z.unknown(),
  z.literal('updates'),
  z.object({ __interrupt__: z.array(z.unknown()).max(0) }),
]);
const debugSchema = z.object({ type: z.enum(['task', 'task_result']), payload: z.unknown() });

/** Turns what LangGraph streams (modes tasks, messages, custom; with subgraphs) into events of the run. */
export class StreamReader {
  readonly #open = new Map<string, OpenTask>();
  readonly #failed = new Map<string, string | null>();
  /** Open tasks that handed over to the graph above them. */
  readonly #handedOver = new Set<string>();
  readonly #nodes = new Map<string, string>();
  readonly #known: Map<string, string>;
  readonly #heard = new Heard();
  /** What nodes of the graph said after something that becomes a message only in the state. */
  readonly #waiting = new Map<string, { message: Message; where: Where }>();
  readonly #price: Price;
  readonly #done: Set<string>;
  readonly #pairs: boolean;

  /**
   * `known`: messages of the thread before this run, by id, which are not output of it. `done`: tasks of the next
   * super-step whose results are stored, which LangGraph announces and does not execute. `resultsAsPairs`: before 0.4
   * LangGraph tells a result as pairs of channel and value.
   */
  constructor(options: {
    price: Price;
    known: Message[];
    done?: ReadonlySet<string>;
    resultsAsPairs?: boolean;
  }) {
    this.#pairs = options.resultsAsPairs ?? false;
    this.#price = options.price;
    this.#done = new Set(options.done);
    this.#known = new Map(options.known.map((message) => [message.id, JSON.stringify(message)]));
  }

  /** The task whose end the chunk tells. */
  endedTask(chunk: unknown): string | undefined {
    if (!Array.isArray(chunk)) return undefined;
    const [, mode, payload]: unknown[] = chunk;
    if (mode === 'tasks') return endOf(payload);
    const told = mode === 'debug' ? debugSchema.safeParse(payload) : undefined;
    return told?.success === true ? endOf(told.data.payload) : undefined;
  }

  /** The graph stopped before or after a node, and nobody asks anything. */
  isBreakpoint(chunk: unknown): boolean {
    return breakpointSchema.safeParse(chunk).success;
  }

  read(chunk: unknown, at: number): NewEvent[] {
    if (!Array.isArray(chunk) || chunk.length !== 3) return [];
    const [ns, mode, payload]: unknown[] = chunk;
    // Before 0.4 the root's is [''].
    const path = Array.isArray(ns) ? ns.map(String).filter((part) => part !== '') : [];
    if (mode === 'tasks') return this.#task(path, payload, at);
    if (mode === 'debug') {
      const told = debugSchema.safeParse(payload);
      return told.success ? this.#task(path, told.data.payload, at) : [];
    }
    if (mode === 'custom') return this.#custom(path, payload, at);
    if (mode === 'messages' && Array.isArray(payload)) {
      return chunkEvents(payload[0], metadataOf(payload[1]), this.#heard, this.#price, at);
    }
    return [];
  }

  /** LangGraph stored the task's writes: it has finished, whether or not the stream said so. */
  taskWritten(task: string, at: number): NewEvent[] {
    const open = this.#open.get(task);
    return open === undefined ? [] : this.#finish(open, undefined, at);
  }

  /** A stored checkpoint of a graph within a node was read: LangGraph announces these tasks and does not execute them. */
  alreadyDone(tasks: Iterable<string>): void {
    for (const task of tasks) this.#done.add(task);
  }

  nodeOf(task: string): string | undefined {
    return this.#nodes.get(task);
  }

  /** The task ended with a command for the graph above: it has finished once the task that takes it up there has. */
  taskHandsOver(task: string): void {
    this.#handedOver.add(task);
  }

  /** The ends of the tasks below `task` that handed over to it. */
  handedOverTo(task: string, at: number): NewEvent[] {
    return [...this.#open.values()]
      .filter(
        ({ task: inner, ns }) => this.#handedOver.has(inner) && ns.at(-1)?.endsWith(`:${task}`) === true,
      )
      .flatMap((inner) => this.#finish(inner, undefined, at));
  }

  /** The graph is done, so whatever is still open has ended. */
  allEnded(at: number): NewEvent[] {
    return [...this.#open.values()]
      .filter(({ task }) => !this.#failed.has(task))
      .flatMap((task) => this.#finish(task, undefined, at));
  }

  /**
   * A checkpoint of the graph was stored, so its step is over. A task still open was answered by the node cache: of
   * that the stream tells no end, and nothing is written for it.
   */
  stepEnded(checkpointNs: string, at: number): NewEvent[] {
    return [...this.#open.values()]
      .filter(({ task, ns }) => ns.join('|') === checkpointNs && !this.#failed.has(task))
      .filter(({ task }) => !this.#handedOver.has(task))
      .flatMap((task) => this.#finish(task, undefined, at));
  }

  /** LangGraph stored that the task threw; a null message when it was only told to stop. */
  taskFailed(task: string, message: string | null): void {
    this.#failed.set(task, message);
  }

  /**
   * The messages of a checkpoint that were not heard of before. A node may return `{ role, content }`, which becomes a
   * message with an id only in the state. What is there before a step has ended was the input, and is known from then on.
   */
  stateSaved(state: Record<string, unknown>, stepEnded: boolean, at: number): NewEvent[] {
    const inState = messagesBeyond(state, this.#known).filter((message) => this.#isNew(message) && stepEnded);
    const told = inState.flatMap((message) =>
      this.#told(message, at, this.#waiting.get(message.id)?.where ?? {}),
    );
    if (!stepEnded) return told;
    // What the state did not take in was said all the same.
    const left = [...this.#waiting.values()].filter(({ message }) => this.#isNew(message));
    this.#waiting.clear();
    return [...told, ...left.flatMap(({ message, where }) => this.#told(message, at, where))];
  }

  #task(ns: string[], payload: unknown, at: number): NewEvent[] {
    if (typeof payload !== 'object' || payload === null || !('id' in payload) || !('name' in payload))
      return [];
    const task = { task: String(payload.id), node: String(payload.name), ns };
    if ('input' in payload && !('result' in payload)) {
      // Called again for what it left over, LangGraph announces the whole step anew.
      if (this.#done.has(task.task) || this.#open.has(task.task)) return [];
      this.#failed.delete(task.task);
      this.#open.set(task.task, task);
      this.#nodes.set(task.task, task.node);
      return [{ type: 'node.started', at, ...task }];
    }
    if (!this.#open.has(task.task) || this.#handedOver.has(task.task)) return [];
    const failed = this.#failed.get(task.task);
    // LangGraph streams the end of a task that threw like that of one that returned nothing.
    if (failed !== undefined) {
      this.#open.delete(task.task);
      if (failed === null) return [];
      return [
        {
          type: 'node.failed',
          at,
          ...task,
          error: { code: 'graph_error', message: shortenText(failed, ERROR_CHARS) },
        },
      ];
    }
    if ('interrupts' in payload && Array.isArray(payload.interrupts) && payload.interrupts.length > 0)
      return [];
    const result: unknown = 'result' in payload ? payload.result : undefined;
    return this.#finish(task, this.#pairs ? fromPairs(result) : result, at);
  }

  /** LangGraph stored why the task failed; versions before 0.4 do not stream its end. */
  failedUntold(task: string, at: number): NewEvent[] {
    const open = this.#open.get(task);
    return open === undefined ? [] : this.#task(open.ns, { id: open.task, name: open.node }, at);
  }

  #finish(task: OpenTask, result: unknown, at: number): NewEvent[] {
    this.#open.delete(task.task);
    this.#done.add(task.task);
    const { task: id, node } = task;
    const where = { task: id, node };
    // The state that holds them is looked at when it is that of the whole graph.
    const { ready, waiting } =
      task.ns.length === 0 ? messagesInOrder(result) : { ready: messagesIn(result), waiting: [] };
    for (const message of waiting) this.#waiting.set(message.id, { message, where });
    const messages = ready
      .filter((message) => this.#isNew(message))
      .flatMap((message) => this.#told(message, at, where));
    const plain = stateToJson(result);
    const bytes = jsonBytes(plain);
    const kept =
      result === undefined ? {} : bytes <= RESULT_LIMIT ? { result: plain } : { result_bytes: bytes };
    return [...messages, { type: 'node.finished', at, ...task, ...kept }];
  }

  /** A large message is told piece by piece, unless it was streamed, and then by its beginning. */
  #told(whole: Message, at: number, where: Where): NewEvent[] {
    const message = withoutLargeFields(whole);
    const bytes = jsonBytes(message as Json);
    if (bytes <= MESSAGE_LIMIT) return [{ type: 'message', at, ...where, message }];
    const text = messageText(message);
    const short = shorten(message as Json) as Message;
    const beginning =
      jsonBytes(short as Json) > MESSAGE_LIMIT ? { ...short, content: '', tool_calls: [] } : short;
    const told: NewEvent = {
      type: 'message',
      at,
      ...where,
      message: { ...beginning, id: message.id, content_bytes: bytes },
    };
    if (text === '' || this.#heard.streamed.has(message.id)) return [told];
    return [{ type: 'message.delta', at, ...where, message_id: message.id, text }, told];
  }

  /** What a person said is not output, nor is what the thread held before, nor what was reported already. */
  #isNew(message: Message): boolean {
    const text = JSON.stringify(message);
    if (this.#known.get(message.id) === text) return false;
    this.#known.set(message.id, text);
    return message.type !== 'human' && message.type !== 'remove';
  }

  #custom(ns: string[], payload: unknown, at: number): NewEvent[] {
    const data = stateToJson(payload);
    const where = this.#sender(ns, isObject(data) ? data['node'] : undefined);
    if (isObject(data)) {
      if (data['type'] === 'progress') {
        const progress = progressSchema.safeParse(data);
        if (progress.success) {
          const text = shortenText(progress.data.text, PROGRESS_CHARS);
          return [{ type: 'progress', at, ...where, progress: { ...progress.data, text } }];
        }
      }
      if (data['type'] === 'source') {
        const source = sourceSchema.safeParse(data['source']);
        if (source.success) {
          const short = shorten(source.data as Json, QUOTE_CHARS) as Source;
          return [{ type: 'source', at, ...where, source: short }];
        }
      }
      if (data['type'] === 'usage') {
        const usage = usageSchema.safeParse(data['usage']);
        if (usage.success) return [{ type: 'usage', at, ...where, usage: usage.data }];
      }
    }
    const bytes = jsonBytes(data);
    const kept: Json = bytes <= CUSTOM_LIMIT ? data : { omitted_bytes: bytes };
    return [{ type: 'custom', at, ...where, data: kept }];
  }

  /**
   * The stream names the graph of a custom event, not its task: it is known when only one is open there, or only one of
   * the node that the event names.
   */
  #sender(ns: string[], node: unknown): Where {
    const open = [...this.#open.values()].filter((task) => task.ns.join('|') === ns.join('|'));
    const here =
      typeof node === 'string' && open.length > 1 ? open.filter((task) => task.node === node) : open;
    const [only] = here;
    return only !== undefined && here.length === 1 ? { task: only.task, node: only.node } : {};
  }
}

/** The id of the task when the payload tells its end; a start has an input. */
function endOf(payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null || 'input' in payload || !('id' in payload))
    return undefined;
  return String(payload.id);
}

function fromPairs(result: unknown): unknown {
  const pairs = z.array(z.tuple([z.string(), z.unknown()])).safeParse(result);
  if (!pairs.success) return result;
  const [first] = pairs.data;
  return first?.[0] === '__root__' ? first[1] : Object.fromEntries(pairs.data);
}

function metadataOf(value: unknown): ChunkMetadata {
  return typeof value === 'object' && value !== null ? value : {};
}
