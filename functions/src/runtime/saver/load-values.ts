import { DeltaSnapshot, type SerializerProtocol } from '@langchain/langgraph-checkpoint';
import type { Blocks } from './blocks.ts';
import { CheckpointDamaged } from './errors.ts';
import { segmentsOf, type StoredValue } from './head.ts';
import { deserialize } from './serialize.ts';
import type { Serialized } from './packer.ts';

/** Reads values that the head points to, all in one go. Throws CheckpointDamaged. */
export async function loadValues(
  serde: SerializerProtocol,
  blocks: Blocks,
  thread: string,
  stored: StoredValue[],
): Promise<unknown[]> {
  const pieces = await blocks.read(thread, stored.flatMap(segmentsOf));
  const values: unknown[] = [];
  let at = 0;
  for (const value of stored) {
    const end = at + segmentsOf(value).length;
    values.push(await loadValue(serde, thread, value, pieces.slice(at, end)));
    at = end;
  }
  return values;
}

async function loadValue(
  serde: SerializerProtocol,
  thread: string,
  value: StoredValue,
  pieces: Serialized[],
): Promise<unknown> {
  if (value.kind === 'text') return await serde.loadsTyped('json', value.text);
  const loaded = await Promise.all(pieces.map((piece) => deserialize(serde, piece)));
  if (value.kind === 'whole') return loaded[0];
  const elements: unknown[] = [];
  for (const [i, piece] of loaded.entries()) {
    if (!Array.isArray(piece) || piece.length !== value.segments[i]?.count) {
      throw new CheckpointDamaged(thread, `segment ${i} of a list holds other elements than it should`);
    }
    for (const element of piece) elements.push(element);
  }
  return value.snapshot ? new DeltaSnapshot(elements) : elements;
}
