import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';
import { hash } from 'node:crypto';
import { NotSerializable } from '../serde/not-serializable.ts';
import { StateNotSerializable } from './errors.ts';
import type { Serialized } from './packer.ts';

/** Does what serializes a channel's value. Throws StateNotSerializable for what cannot be written. */
export async function ofChannel<T>(channel: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NotSerializable)) throw error;
    throw new StateNotSerializable(channel, error.path, error.what, { cause: error });
  }
}

export async function serialize(serde: SerializerProtocol, value: unknown): Promise<Serialized> {
  const [type, bytes] = await serde.dumpsTyped(value);
  return { type, bytes };
}

export async function deserialize(serde: SerializerProtocol, { type, bytes }: Serialized): Promise<unknown> {
  return await serde.loadsTyped(type, bytes);
}

/**
 * Tells the elements of a list apart by their serialized form: objects may have been changed in place, so being
 * the same object proves nothing. Each is serialized within a list, as it will be stored.
 */
export async function digestsOf(
  serde: SerializerProtocol,
  elements: unknown[],
): Promise<{ digests: string[]; sizes: number[] }> {
  const digests: string[] = [];
  const sizes: number[] = [];
  for (const [i, element] of elements.entries()) {
    const { type, bytes } = await serializeElement(serde, element, i);
    digests.push(`${type}:${hash('sha256', bytes, 'base64url')}`);
    sizes.push(bytes.byteLength);
  }
  return { digests, sizes };
}

async function serializeElement(serde: SerializerProtocol, element: unknown, i: number): Promise<Serialized> {
  try {
    return await serialize(serde, [element]);
  } catch (error) {
    if (!(error instanceof NotSerializable)) throw error;
    throw new NotSerializable([i, ...error.path.slice(1)], error.what);
  }
}
