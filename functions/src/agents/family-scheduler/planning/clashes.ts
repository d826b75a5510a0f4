import type { Block } from '../calendar/blocks.ts';
import { overlaps, widen, type Interval } from '../time/interval.ts';
import { DAY, startOfDay } from '../time/wall.ts';
import { takesTimeOf, uses, type Situation } from './situation.ts';

/** Why a time will not do. */
export type Clash =
  | { kind: 'person'; name: string; block: Block }
  /** `travel`: time that lies between two uses, in milliseconds. */
  | { kind: 'resource'; name: string; travel: number; block: Block }
  /** `bedtime`: milliseconds since midnight. */
  | { kind: 'bedtime'; name: string; bedtime: number }
  | { kind: 'past' };

/** Everything that speaks against a time; empty when it is free. */
export function clashesOf(slot: Interval, situation: Situation): Clash[] {
  const { people, resources, blocks, now } = situation;
  const busy = people.flatMap(({ name }) =>
    blocks
      .filter((block) => !block.transparent && overlaps(block, slot) && takesTimeOf(block, name))
      .map((block): Clash => ({ kind: 'person', name, block })),
  );
  const used = resources.flatMap(({ name, travel }) =>
    blocks
      .filter((block) => !block.transparent && uses(block, name) && overlaps(widen(block, travel), slot))
      .map((block): Clash => ({ kind: 'resource', name, travel, block })),
  );
  const past: Clash[] = slot.start < now ? [{ kind: 'past' }] : [];
  return [...past, ...busy, ...used, ...tooLate(slot, situation)];
}

/** What has to be awake, but is in bed by then. A whole day is not meant to last into the night. */
function tooLate({ end, start }: Interval, { people, zone, wish }: Situation): Clash[] {
  if (wish.all_day) return [];
  const day = startOfDay(zone.toWall(start));
  return people.flatMap(({ name, bedtime }): Clash[] =>
    bedtime !== null && bedtime < DAY && zone.toWall(end) > day + bedtime
      ? [{ kind: 'bedtime', name, bedtime }]
      : [],
  );
}

/** By which a clash is recognised when the calendar is read again. */
export function clashKey(clash: Clash): string {
  switch (clash.kind) {
    case 'past':
      return 'past';
    case 'bedtime':
      return `bedtime:${clash.name}`;
    case 'person':
    case 'resource':
      return `${clash.kind}:${clash.name}:${clash.block.uid}:${clash.block.start}`;
  }
}

/** The one event that all clashes are with, if it is one. */
export function onlyBlock(clashes: readonly Clash[]): Block | undefined {
  const blocks = clashes.map((clash) => ('block' in clash ? clash.block : undefined));
  const [first] = blocks;
  if (first === undefined) return undefined;
  return blocks.every((block) => block?.uid === first.uid && block.start === first.start) ? first : undefined;
}
