import { OWNER } from '../request/people.ts';
import type { Situation } from '../planning/situation.ts';
import type { Booking, SchedulerStateType } from '../state.ts';
import { agendaText } from './agenda.ts';
import { list, plain, slotWords, theThing } from './words.ts';

export const EXAMPLES = [
  'Book a swimming lesson for Mia on Saturday at 10 for an hour; we need the car',
  'Dentist for Tom next Tuesday 15:30, 45 min',
  'Find an hour for a family dinner next week in the evening',
  'What is planned for Ben on Thursday?',
];

/** What is told at the end. Markdown. */
export function answerText(state: SchedulerStateType, situation: Situation): string {
  const { wish, remarks, verdict, booking } = state;
  const { zone, now } = situation;
  const told = [...new Set([...wish.notes, ...remarks])].map((note) => `- ${plain(note)}`);
  const below = told.length === 0 ? '' : `\n\n${told.join('\n')}`;
  if (wish.kind === 'unclear') return unclear(wish.notes);
  if (wish.kind === 'agenda') return `${agendaText(situation)}${below}`;
  if (booking !== null) return `${booked(booking, state, situation)}${below}`;
  if (verdict?.kind === 'already') {
    const { block } = verdict;
    return `“${plain(block.title)}” is in the calendar already: ${slotWords(block, zone, now, block.allDay)}. Nothing was booked again.`;
  }
  return `Nothing was booked, as you wished. “${plain(wish.title)}” is not in the calendar.`;
}

function booked(booking: Booking, { verdict }: SchedulerStateType, { zone, now }: Situation): string {
  const { title, people, resources, moved, accepted } = booking;
  const named = people.filter((name) => name !== OWNER);
  const whom = named.length === 0 ? '' : ` for ${plain(list(named))}`;
  const things = resources.length === 0 ? '' : `, with ${plain(list(resources.map(theThing)))}`;
  const lines = [
    `Booked: **${plain(title)}**${whom}, **${slotWords(booking, zone, now, booking.allDay)}**${things}.`,
  ];
  if (moved !== null) {
    const to = slotWords({ start: moved.to, end: moved.end }, zone, now);
    const from = slotWords({ start: moved.from, end: moved.from + moved.end - moved.to }, zone, now);
    lines.push(`Moved to make room: **${plain(moved.title)}**, from ${from} to **${to}**.`);
  }
  if (accepted.length > 0) lines.push(`You wanted it in spite of this: ${plain(list(accepted))}.`);
  if (verdict?.kind === 'free' && verdict.others.length > 0) {
    const others = verdict.others.map((other) => slotWords(other, zone, now));
    lines.push(`Also free: ${others.join('; ')}.`);
  }
  return lines.join('\n\n');
}

function unclear(notes: string[]): string {
  const why = notes.length > 0 ? notes.map(plain).join(' ') : 'I could not find an appointment in that.';
  const examples = EXAMPLES.map((example) => `- ${example}`).join('\n');
  return `${why}\n\nThis is what I understand:\n\n${examples}`;
}

/** Text in pieces that stream well: lines, and long ones by sentence. */
export function pieces(text: string): string[] {
  return text.split(/(?<=\n|[.:;] )/);
}
