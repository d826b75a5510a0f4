import type { Json, RunEvent } from '@longrun/shared';
import type { ThreadMode } from '../../runs/schemas.ts';
import type { Frame, FrameId } from '../frame.ts';
import { recordedModes } from '../recorded-modes.ts';
import { LAST_VALUES, TurnFrames } from '../turn-frames.ts';

/** What is sent: a frame as it is, the output of the run, or the state of its thread at a checkpoint. */
export type Part =
  | { kind: 'frame'; id: FrameId; frame: Frame }
  | { kind: 'values'; id: FrameId }
  | { kind: 'state'; id: FrameId; checkpointId: string };

/** After all frames of the event that ends a turn. */
const STATE = 4;
const DONE = 5;

/** Turns the log of a run, from its first event on, into what is told of its turns to a reader of the thread. */
export class RunParts {
  readonly #threadId: string;
  readonly #modes: ReadonlySet<ThreadMode>;
  #turn = '';
  #request: Json | undefined;
  /** Undefined when no turn goes on. */
  #frames: TurnFrames | undefined;
  #checkpointId: string | undefined;

  constructor(threadId: string, modes: ReadonlySet<ThreadMode>) {
    this.#threadId = threadId;
    this.#modes = modes;
  }

  of(event: RunEvent): Part[] {
    switch (event.type) {
      case 'run.created':
        this.#turn = event.run_id;
        this.#request = event.request;
        return this.#begin(event.seq);
      case 'interrupt.answered':
        if (event.turn !== undefined) {
          this.#turn = event.turn.run_id;
          this.#request = event.turn.request;
        }
        return this.#frames === undefined ? this.#begin(event.seq) : [];
      case 'checkpoint':
        if (event.checkpoint_ns === '') this.#checkpointId = event.checkpoint_id;
        return [];
      default:
        return this.#read(event);
    }
  }

  #begin(seq: number): Part[] {
    const { modes, subgraphs } = recordedModes(this.#request);
    this.#frames = new TurnFrames({
      runId: this.#turn,
      threadId: this.#threadId,
      modes: new Set(modes),
      subgraphs,
      namespaces: null,
    });
    return this.#tells('run_modes', 'lifecycle') ? [asPart(this.#frames.begin(seq))] : [];
  }

  #read(event: RunEvent): Part[] {
    // One that asked had ended before it was given up.
    if (this.#frames === undefined) return [];
    const told = this.#tells('run_modes') ? this.#frames.of(event).map(asPart) : [];
    const end = this.#frames.endOf(event);
    if (end === undefined) return told;
    this.#frames = undefined;
    const { seq } = end;
    const id = (k: number): FrameId => ({ seq, k });
    const data = { run_id: this.#turn, status: 'run_done' };
    return [
      ...told,
      ...(end.withoutValues && this.#tells('run_modes')
        ? [{ kind: 'values' as const, id: id(LAST_VALUES) }]
        : []),
      ...(this.#checkpointId !== undefined && this.#tells('state_update')
        ? [{ kind: 'state' as const, id: id(STATE), checkpointId: this.#checkpointId }]
        : []),
      ...(this.#tells('run_modes', 'lifecycle') ? [asPart({ id: id(DONE), event: 'metadata', data })] : []),
    ];
  }

  #tells(...modes: ThreadMode[]): boolean {
    return modes.some((mode) => this.#modes.has(mode));
  }
}

const asPart = (frame: Frame): Part => ({ kind: 'frame', id: frame.id, frame });
