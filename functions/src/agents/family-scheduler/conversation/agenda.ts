import type { Block } from '../calendar/blocks.ts';
import { wakingHours } from '../planning/candidates.ts';
import { takesTimeOf, uses, wishedDays, type Situation } from '../planning/situation.ts';
import { clip, gaps, widen, type Interval } from '../time/interval.ts';
import { DAY, MINUTE, parseTime, weekday, type Wall } from '../time/wall.ts';
import { dayWords, hoursWords, list, plain, theThing } from './words.ts';

/** More days than that are not written out. */
const MAX_DAYS = 14;
/** Of one day. */
const MAX_LINES = 30;
const MIN_FREE = 30 * MINUTE;

/** What is planned on the days that were asked for, and when those who were named are free. Markdown. */
export function agendaText(situation: Situation): string {
  const { wish, now, zone, people, resources } = situation;
  const { from, to } = wishedDays(wish, now, zone);
  const all = Array.from({ length: (to - from) / DAY + 1 }, (_, i) => from + i * DAY);
  const wanted = all.filter((day) => wish.weekdays.length === 0 || wish.weekdays.includes(weekday(day)));
  const asked = [...people.map(({ name }) => name), ...resources.map(({ name }) => theThing(name))];
  const days = wanted.slice(0, MAX_DAYS).map((day) => dayText(day, situation));
  const whose = asked.length === 0 ? '' : ` for ${plain(list(asked))}`;
  const rest = wanted.length > MAX_DAYS ? `\n\nThese are the first ${MAX_DAYS} days.` : '';
  return `This is planned${whose}:\n\n${days.join('\n\n')}${rest}`;
}

function dayText(day: Wall, situation: Situation): string {
  const { zone, now, wish, people, resources, blocks } = situation;
  const hours = {
    start: zone.toInstant(day + ((wish.earliest === null ? undefined : parseTime(wish.earliest)) ?? 0)),
    end: zone.toInstant(day + ((wish.latest === null ? undefined : parseTime(wish.latest)) ?? DAY)),
  };
  const concerned = blocks.filter((block) => concerns(block, situation) && clip(block, hours) !== undefined);
  const lines = concerned.slice(0, MAX_LINES).map((block) => `- ${line(block, situation)}`);
  if (concerned.length > MAX_LINES) lines.push(`- and ${concerned.length - MAX_LINES} more`);
  const free = people.length + resources.length === 0 ? [] : [`- ${freeText(day, hours, situation)}`];
  const planned = lines.length === 0 ? ['- nothing'] : lines;
  return [`**${dayWords(day, zone.toWall(now))}**\n`, ...planned, ...free].join('\n');
}

function concerns(block: Block, { people, resources }: Situation): boolean {
  if (people.length + resources.length === 0) return true;
  return (
    people.some(({ name }) => takesTimeOf(block, name)) || resources.some(({ name }) => uses(block, name))
  );
}

function line(block: Block, { zone }: Situation): string {
  const with_ = [...block.people, ...block.resources];
  const hours = block.allDay ? 'all day' : hoursWords(block, zone);
  return `${hours} ${plain(block.title)}${with_.length === 0 ? '' : ` (${plain(with_.join(', '))})`}`;
}

/** Within the hours that were asked for, or else while all of them are up. */
function freeText(day: Wall, asked: Interval, situation: Situation): string {
  const { zone, people, resources, blocks } = situation;
  const awake = wakingHours(situation);
  const window = clip(asked, {
    start: zone.toInstant(day + awake.earliest),
    end: zone.toInstant(day + awake.latest),
  });
  const busy = blocks.filter(({ transparent }) => !transparent);
  const taken = [
    ...busy.filter((block) => people.some(({ name }) => takesTimeOf(block, name))),
    ...resources.flatMap(({ name, travel }) =>
      busy.filter((block) => uses(block, name)).map((block) => widen(block, travel)),
    ),
  ];
  const free = window === undefined ? [] : gaps(window, taken, MIN_FREE);
  return free.length === 0 ? 'not free' : `free ${list(free.map((gap) => hoursWords(gap, zone)))}`;
}
