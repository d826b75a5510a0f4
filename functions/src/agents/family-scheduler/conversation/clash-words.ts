import type { Clash } from '../planning/clashes.ts';
import { OWNER } from '../request/people.ts';
import { startOfDay, timeText } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';
import { hoursWords, lengthWords, list, slotWords, theThing } from './words.ts';
import type { Block } from '../calendar/blocks.ts';

/** More than that nobody reads. */
const MAX_NAMED = 5;

/** What is in the way, one sentence each, the first of them: `Mia has Piano lesson (15:30–16:15)`. */
export function clashWords(clashes: readonly Clash[], zone: Zone, now: Instant): string[] {
  const all = sentences(clashes, zone, now);
  const more = all.length - MAX_NAMED;
  return more > 1 ? [...all.slice(0, MAX_NAMED), `${more} more`] : all;
}

interface InTheWay {
  block: Block;
  people: string[];
  things: Extract<Clash, { kind: 'resource' }>[];
}

function sentences(clashes: readonly Clash[], zone: Zone, now: Instant): string[] {
  const span = spanWords(clashes, zone, now);
  const inTheWay = new Map<string, InTheWay>();
  const others: string[] = [];
  for (const clash of clashes) {
    switch (clash.kind) {
      case 'person':
        found(clash.block).people.push(clash.name);
        break;
      case 'resource':
        found(clash.block).things.push(clash);
        break;
      case 'bedtime':
        others.push(`${clash.name} goes to bed at ${timeText(clash.bedtime)}`);
        break;
      case 'past':
        others.push('that time has passed');
        break;
    }
  }
  const events = [...inTheWay.values()].sort((a, b) => a.block.start - b.block.start);
  return [...events.map(sentence), ...others];

  function found(block: Block) {
    // After a checkpoint was read the same event is another object.
    const key = `${block.uid} ${block.start}`;
    const known = inTheWay.get(key) ?? { block, people: [], things: [] };
    inTheWay.set(key, known);
    return known;
  }

  function sentence({ block, people, things }: InTheWay): string {
    const needed = list(things.map(({ name }) => theThing(name)));
    const event = `${block.title} (${span(block)}`;
    if (people.length > 0) return `${who(people)} ${event})${needed === '' ? '' : `, which needs ${needed}`}`;
    const travel = Math.max(...things.map((thing) => thing.travel));
    const way = travel > 0 ? `, and ${lengthWords(travel)} on the way` : '';
    return `${needed} ${things.length === 1 ? 'is' : 'are'} needed for ${event}${way})`;
  }
}

/** Hours, and the days too when there are several. */
function spanWords(clashes: readonly Clash[], zone: Zone, now: Instant): (block: Block) => string {
  const days = clashes.flatMap((clash) =>
    'block' in clash
      ? [startOfDay(zone.toWall(clash.block.start)), startOfDay(zone.toWall(clash.block.end - 1))]
      : [],
  );
  const oneDay = new Set(days).size <= 1;
  return (block) => {
    if (block.allDay) return 'all day';
    return oneDay ? hoursWords(block, zone) : slotWords(block, zone, now);
  };
}

/** `you have`, `Mia has`, `Mia and Tom have` */
function who(names: string[]): string {
  const [name] = names;
  return `${list(names)} ${names.length === 1 && name !== OWNER ? 'has' : 'have'}`;
}
