import type { Clash } from '../planning/clashes.ts';
import { OWNER } from '../request/people.ts';
import { startOfDay, timeText } from '../time/wall.ts';
import type { Instant, Zone } from '../time/zone.ts';
import { hoursWords, lengthWords, list, slotWords, theThing } from './words.ts';
import type { Block } from '../calendar/blocks.ts';

/** What is in the way, one sentence each: `Mia has Piano lesson (15:30–16:15)`. */
export function clashWords(clashes: readonly Clash[], zone: Zone, now: Instant): string[] {
  const people = new Map<Block, string[]>();
  const sentences: string[] = [];
  for (const clash of clashes) {
    switch (clash.kind) {
      case 'person':
        people.set(clash.block, [...(people.get(clash.block) ?? []), clash.name]);
        break;
      case 'resource': {
        const { name, block, travel } = clash;
        const way = travel > 0 ? `, and ${lengthWords(travel)} on the way` : '';
        sentences.push(`${theThing(name)} is needed for ${block.title} (${span(block, zone, now)}${way})`);
        break;
      }
      case 'bedtime':
        sentences.push(`${clash.name} goes to bed at ${timeText(clash.bedtime)}`);
        break;
      case 'past':
        sentences.push('that time has passed');
        break;
    }
  }
  const busy = [...people].map(
    ([block, names]) => `${who(names)} ${block.title} (${span(block, zone, now)})`,
  );
  return [...busy, ...sentences];
}

/** `you have`, `Mia has`, `Mia and Tom have` */
function who(names: string[]): string {
  const [name] = names;
  return `${list(names)} ${names.length === 1 && name !== OWNER ? 'has' : 'have'}`;
}

function span(block: Block, zone: Zone, now: Instant): string {
  if (block.allDay) return 'all day';
  const sameDay = startOfDay(zone.toWall(block.start)) === startOfDay(zone.toWall(block.end - 1));
  return sameDay ? hoursWords(block, zone) : slotWords(block, zone, now);
}
