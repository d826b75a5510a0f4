import type { EventOf, Json, Run, RunEvent } from '@longrun/shared';

/** A question of a run, and what became of it. Times are milliseconds since 1970. */
export interface Asked {
  id: string;
  value: Json;
  node: string | null;
  /** The event that asked; 0 while only the document tells of it. */
  seq: number;
  askedAt: number;
  answer: { value: Json; by: string; at: number } | null;
  /** Still waits for an answer. */
  open: boolean;
}

/** Every question that a run asked, in the order of asking. */
export function askedIn(events: readonly RunEvent[], run: Run): Asked[] {
  const asked = new Map<string, Asked>();
  for (const event of events) {
    if (event.type === 'interrupt.opened') opened(asked, event);
    else if (event.type === 'interrupt.answered') answered(asked, event);
  }
  const open = new Set(run.status === 'interrupted' ? run.interrupts.map(({ id }) => id) : []);
  // The document may be ahead of the log for a moment.
  for (const { id, value, node } of run.interrupts) {
    if (!asked.has(id)) {
      const askedAt = run.asked_at === null ? Date.parse(run.updated_at) : Date.parse(run.asked_at);
      asked.set(id, { id, value, node: node ?? null, seq: 0, askedAt, answer: null, open: false });
    }
  }
  return [...asked.values()].map((one) => ({ ...one, open: open.has(one.id) && one.answer === null }));
}

function opened(asked: Map<string, Asked>, event: EventOf<'interrupt.opened'>): void {
  for (const { id, value, node } of event.interrupts) {
    if (asked.has(id)) continue;
    asked.set(id, {
      id,
      value,
      node: node ?? null,
      seq: event.seq,
      askedAt: event.at,
      answer: null,
      open: false,
    });
  }
}

/** The first answer counts. */
function answered(asked: Map<string, Asked>, event: EventOf<'interrupt.answered'>): void {
  for (const [id, value] of Object.entries(event.answers)) {
    const known = asked.get(id);
    if (known === undefined || known.answer !== null) continue;
    asked.set(id, { ...known, answer: { value, by: event.by, at: event.at } });
  }
}
