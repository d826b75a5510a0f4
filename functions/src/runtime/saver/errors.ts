import { pathText, type Path } from '../serde/not-serializable.ts';

/** A channel holds what cannot be stored. Running it again would not help. */
export class StateNotSerializable extends Error {
  readonly channel: string;
  readonly path: Path;

  constructor(channel: string, path: Path, what: string, options?: ErrorOptions) {
    super(`The channel "${channel}" cannot be stored: ${pathText([channel, ...path])} ${what}.`, options);
    this.name = 'StateNotSerializable';
    this.channel = channel;
    this.path = path;
  }
}

/** A step wrote more than one commit can hold. Running it again would not help. */
export class StateTooLarge extends Error {
  readonly channel: string;
  readonly bytes: number;

  constructor(channel: string, bytes: number, limit: number) {
    super(
      `The channel "${channel}" wrote ${bytes} bytes in one step, and a step may write ${limit} bytes in all. ` +
        'Keep large content outside of the state and refer to it.',
    );
    this.name = 'StateTooLarge';
    this.channel = channel;
    this.bytes = bytes;
  }
}

/** A stored checkpoint refers to something that is missing or cannot be read. */
export class CheckpointDamaged extends Error {
  constructor(path: string, what: string, options?: ErrorOptions) {
    super(`${path} is damaged: ${what}.`, options);
    this.name = 'CheckpointDamaged';
  }
}
