/** What serves the graphs of a project: Longrun, LangChain's own server, or nothing but LangGraph. */
export interface Host {
  /** Starts a run, on a new thread or on that of an earlier one. `more` are other fields of the request. */
  start(graph: string, input: unknown, after?: Talk, more?: object): Promise<Talk>;
  /** What the nodes of the run with this key did to the world outside, in order. */
  effects(key: string): Promise<string[]>;
  close(): Promise<void>;
}

/** One run and what is said to it. */
export interface Talk {
  readonly thread: string;
  /** Resolves when nothing is executed any more. */
  rest(): Promise<Rest>;
  /** To the open questions, in their order. */
  answer(values: unknown[]): Promise<void>;
  /** After a breakpoint. */
  goOn(): Promise<void>;
  /** What the model has streamed so far. */
  streamed(): Promise<string>;
}

export type Rest =
  | { status: 'completed'; values: Record<string, unknown> }
  | { status: 'asks'; questions: unknown[] }
  | { status: 'stopped'; next: string[] }
  | { status: 'failed'; error: string };
