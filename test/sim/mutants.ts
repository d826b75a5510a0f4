import type { Patch } from './plant.ts';

export interface Mutant {
  name: string;
  /** What is broken. */
  defect: string;
  patches: readonly Patch[];
}

const RUNTIME = 'functions/src/runtime';

/** Defects that the simulation must find. Each takes away one thing that durability rests on. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'no fence',
    defect: 'An append replaces the entry that another worker wrote.',
    patches: [
      {
        file: `${RUNTIME}/run-store.ts`,
        find: "[{ op: 'create', path, fields: { ...encodeEntry(entry) } }, ...writes]",
        replace: "[{ op: 'set', path, fields: { ...encodeEntry(entry) } }, ...writes]",
      },
    ],
  },
  {
    name: 'fence not obeyed',
    defect: 'A worker that finds the entry of a newer attempt appends after it.',
    patches: [
      {
        file: `${RUNTIME}/journal.ts`,
        find: 'throw this.#break(new Fenced());',
        replace: 'continue;',
      },
    ],
  },
  {
    name: 'sequence outside the commit',
    defect: 'Events are numbered before the race for the entry is decided, and not again after it.',
    patches: [
      {
        file: `${RUNTIME}/journal.ts`,
        find: '    for (;;) {\n      const accepted',
        replace: '    const { seq } = this.run.head;\n    for (;;) {\n      const accepted',
      },
      {
        file: `${RUNTIME}/journal.ts`,
        find: 'const entry = nextEntry(this.run, accepted, this.#writer);',
        replace:
          'const entry = nextEntry({ ...this.run, head: { ...this.run.head, seq } }, accepted, this.#writer);',
      },
      {
        file: 'shared/src/fold.ts',
        find: 'if (event.seq !== run.head.seq + 1) {',
        replace: 'if (event.seq < 1) {',
      },
      {
        file: 'shared/src/fold.ts',
        find: 'return entry.events.filter((event) => event.seq > seq);',
        replace: 'return entry.events;',
      },
    ],
  },
  {
    name: 'no sweeper',
    defect: 'Nobody looks for runs whose task was lost.',
    patches: [
      {
        file: `${RUNTIME}/sweep.ts`,
        find: 'const now = store.clock.now();\n  const due',
        replace: 'const now = 0;\n  const due',
      },
    ],
  },
  {
    name: 'no idempotency key',
    defect: 'A request that is repeated because its answer was lost makes another run.',
    patches: [
      {
        file: `${RUNTIME}/create-run.ts`,
        find: "derivedId('run', uid, idempotencyKey)",
        replace: 'randomUUID()',
      },
    ],
  },
  {
    name: 'lost acknowledgement taken for a fence',
    defect: 'A writer does not recognise its own entry.',
    patches: [
      {
        file: `${RUNTIME}/run-store.ts`,
        find: "there?.fields['nonce'] === entry.nonce",
        replace: 'there === undefined',
      },
    ],
  },
  {
    name: 'checkpoint apart from its log entry',
    defect: 'A checkpoint is stored first, and its entry afterwards.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'checkpoint: (info, writes) => required(sinkRef.sink).checkpoint(info, writes),',
        replace:
          'checkpoint: async (info, writes) => {\n' +
          '  await documents.commit(writes);\n' +
          '  await required(sinkRef.sink).checkpoint(info, []);\n' +
          '},',
      },
    ],
  },
  {
    name: 'cancel ignored on resume',
    defect: 'A worker that takes a run over does not look whether it was cancelled.',
    patches: [
      {
        file: 'functions/src/domain/decide.ts',
        find: "if (run.cancel_requested) return { kind: 'end', events: [{ type: 'run.cancelled', at: now }] };",
        replace: '',
      },
    ],
  },
  {
    name: 'answer applied twice',
    defect: 'A question that was answered is open to a second answer.',
    patches: [
      {
        file: 'functions/src/domain/decide.ts',
        find: "if (run.status !== 'interrupted' || ids.length === 0 || !ids.every((id) => open.has(id))) return null;",
        replace: 'if (isTerminal(run.status) || ids.length === 0) return null;',
      },
    ],
  },
];
