import type { Block } from '../calendar/blocks.ts';
import type { Household } from '../calendar/household.ts';
import { keyOf } from '../calendar/names.ts';
import { OWNER } from '../request/people.ts';
import type { Wish } from '../request/wish.ts';
import type { Interval } from '../time/interval.ts';
import { MINUTE, parseWall, wallText } from '../time/wall.ts';
import { clashesOf, onlyBlock, type Clash } from './clashes.ts';
import { alternatives, freeTimes } from './propose.ts';
import { neededResources, participants, takesTimeOf, type Situation } from './situation.ts';

/** An event that gives way, and where it would go. */
export interface Move {
  block: Block;
  to: Interval;
}

/** What the conflict specialist found. */
export type Verdict =
  /** Just that is in the calendar. */
  | { kind: 'already'; block: Block }
  /** `others`: further times that would do. */
  | { kind: 'free'; slot: Interval; others: Interval[] }
  /** `slot` is null when no time was asked for, and none within the wish is free. */
  | { kind: 'clash'; slot: Interval | null; clashes: Clash[]; alternatives: Interval[]; move: Move | null };

/** Whether the wish can be had, and what else could be. */
export function judge(situation: Situation, household: Household): Verdict {
  const slot = wishedSlot(situation);
  if (slot === undefined) {
    const [best, ...others] = freeTimes(situation);
    if (best !== undefined) return { kind: 'free', slot: best, others };
    return { kind: 'clash', slot: null, clashes: [], alternatives: alternatives(situation), move: null };
  }
  const same = situation.blocks.find((block) => isThat(block, slot, situation));
  if (same !== undefined) return { kind: 'already', block: same };
  const clashes = clashesOf(slot, situation);
  if (clashes.length === 0) return { kind: 'free', slot, others: [] };
  return {
    kind: 'clash',
    slot,
    clashes,
    alternatives: alternatives(situation),
    move: giveWay(slot, clashes, situation, household),
  };
}

function isThat(block: Block, slot: Interval, { wish }: Situation): boolean {
  const sameTime = block.start === slot.start && block.end === slot.end;
  const names = wish.people.filter((name) => name !== OWNER);
  return (
    sameTime && keyOf(block.title) === keyOf(wish.title) && names.every((name) => takesTimeOf(block, name))
  );
}

/** The time that was asked for, if one was. */
function wishedSlot({ wish, zone }: Pick<Situation, 'wish' | 'zone'>): Interval | undefined {
  const start = wish.start === null ? undefined : parseWall(wish.start);
  if (start === undefined) return undefined;
  if (wish.all_day)
    return { start: zone.toInstant(start), end: zone.toInstant(start + wish.minutes * MINUTE) };
  const from = zone.toInstant(start);
  return { start: from, end: from + wish.minutes * MINUTE };
}

/** If all that is in the way is one event that may be moved: the closest time for it. */
function giveWay(slot: Interval, clashes: Clash[], situation: Situation, household: Household): Move | null {
  const block = onlyBlock(clashes);
  if (block === undefined || !block.flexible || block.allDay || block.start < situation.now) return null;
  const start = wallText(situation.zone.toWall(block.start));
  const wish: Wish = {
    ...situation.wish,
    kind: 'book',
    people: block.people,
    resources: block.resources,
    minutes: Math.max(5, Math.round((block.end - block.start) / MINUTE)),
    start,
    preferred: { weekdays: [], earliest: null, latest: null },
  };
  const taken: Block = {
    ...block,
    ...slot,
    uid: '',
    people: situation.people.map(({ name }) => name),
    resources: situation.resources.map(({ name }) => name),
  };
  const [to] = alternatives({
    ...situation,
    wish,
    people: participants(wish, household),
    resources: neededResources(wish, household),
    blocks: [...situation.blocks.filter((other) => other !== block), taken],
  });
  return to === undefined ? null : { block, to };
}
