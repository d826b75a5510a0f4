import type { SerializerProtocol } from '@langchain/langgraph-checkpoint';
import { hash } from 'node:crypto';
import type { Serialized } from './packer.ts';

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
  for (const element of elements) {
    const { type, bytes } = await serialize(serde, [element]);
    digests.push(`${type}:${hash('sha256', bytes, 'base64url')}`);
    sizes.push(bytes.byteLength);
  }
  return { digests, sizes };
}
