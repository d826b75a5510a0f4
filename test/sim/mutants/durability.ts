import { RUNTIME, type Mutant } from './mutant.ts';

/** Each takes away one thing that durability rests on. */
export const OF_DURABILITY: readonly Mutant[] = [
  {
    name: 'no fence',
    defect: 'An append replaces the entry that another worker wrote.',
    patches: [
      {
        file: `${RUNTIME}/runs/run-store.ts`,
        find: '[entryWrite(run, entry), ...writes]',
        replace: "[{ ...entryWrite(run, entry), op: 'set' } as DocumentWrite, ...writes]",
      },
    ],
  },
  {
    name: 'fence not obeyed',
    defect: 'A worker that finds the entry of a newer attempt appends after it.',
    patches: [
      {
        file: `${RUNTIME}/attempt/journal/journal.ts`,
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
        file: `${RUNTIME}/attempt/journal/journal.ts`,
        find: '    for (;;) {\n      const accepted',
        replace: '    const { seq } = this.run.head;\n    for (;;) {\n      const accepted',
      },
      {
        file: `${RUNTIME}/attempt/journal/journal.ts`,
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
        file: `${RUNTIME}/liveness/sweep.ts`,
        find: 'value: new Date(store.clock.now()).toISOString() }],',
        replace: 'value: new Date(0).toISOString() }],',
      },
    ],
  },
  {
    name: 'no idempotency key',
    defect: 'A request that is repeated because its answer was lost makes another run.',
    patches: [
      {
        file: `${RUNTIME}/runs/create-run.ts`,
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
        file: `${RUNTIME}/runs/run-store.ts`,
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
        file: `${RUNTIME}/attempt/session.ts`,
        find: 'checkpoint: (info, writes) => required(late.sink).checkpoint(info, writes),',
        replace:
          'checkpoint: async (info, writes) => {\n' +
          '  await documents.commit(writes);\n' +
          '  await required(late.sink).checkpoint(info, []);\n' +
          '},',
      },
    ],
  },
  {
    name: 'cancel ignored on resume',
    defect: 'A worker that takes a run over does not look whether it was cancelled.',
    patches: [
      {
        file: `${RUNTIME}/liveness/claim.ts`,
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
  {
    name: 'task writes not stored',
    defect: 'The results of a step that ended while others of its super-step went on are lost in a crash.',
    patches: [
      {
        file: `${RUNTIME}/attempt/journal/sink.ts`,
        find: 'this.#pending.delete(task);\n    this.#journal.stage(pending.writes);',
        replace: 'this.#pending.delete(task);',
      },
    ],
  },
  {
    name: 'turn not waited for',
    defect: 'A run starts on a thread that another one holds.',
    patches: [
      {
        file: `${RUNTIME}/runs/thread-queue.ts`,
        find: 'if (!isNext) return null;',
        replace: '',
      },
    ],
  },
  {
    name: 'clock that is behind not waited for',
    defect:
      'A checkpoint gets an id that sorts before that of an earlier one, which is then taken for the newest.',
    patches: [
      { file: `${RUNTIME}/attempt/session.ts`, find: 'if (behind <= 1) return;', replace: 'return;' },
    ],
  },
  {
    name: 'written after the end',
    defect: 'What LangGraph still does when the outcome of an attempt is known gets into the log.',
    patches: [{ file: `${RUNTIME}/attempt/journal/journal.ts`, find: 'this.#sealed = true;', replace: '' }],
  },
  {
    name: 'heartbeat outlives its attempt',
    defect: 'A worker goes on to renew the lease of a run that it has let go.',
    patches: [
      { file: `${RUNTIME}/attempt/journal/journal.ts`, find: 'if (this.#closed) return;', replace: '' },
    ],
  },
  {
    name: 'question after a cancel',
    defect: 'What a worker was about to write when it heard of a cancel is written after it.',
    patches: [
      {
        file: 'functions/src/domain/after-cancel.ts',
        find: 'if (!run.cancel_requested) return events;',
        replace: 'if (run.status) return events;',
      },
    ],
  },
  {
    name: 'own run taken over',
    defect: 'A worker that slept, or is blocked, takes its own run for one whose worker died.',
    patches: [
      {
        file: `${RUNTIME}/worker.ts`,
        find: 'if (this.#held.has(task)) return await this.#later(task, ASK_AGAIN_S);',
        replace: '',
      },
      {
        file: `${RUNTIME}/worker.ts`,
        find: 'if (this.#shutdown.signal.aborted || this.#held.has(task)) continue;',
        replace: '',
      },
    ],
  },
  {
    name: 'blocked and silent',
    defect: 'A worker whose event loop stands still does not answer, and its runs are taken over.',
    patches: [
      {
        file: `${RUNTIME}/liveness/renew.ts`,
        find: 'if (held.length === 0) return;',
        replace: 'if (held.length >= 0) return;',
      },
    ],
  },
  {
    name: 'every death held against all',
    defect: 'A run that was lost again and again because of its neighbour fails, and is never tried alone.',
    patches: [
      {
        file: `${RUNTIME}/liveness/claim.ts`,
        find: 'lost >= LOST_BEFORE_ALONE || run.error?.code === PROCESS_ENDED',
        replace: 'false as boolean',
      },
      {
        file: `${RUNTIME}/liveness/claim.ts`,
        find: 'lost >= MAX_LOST',
        replace: 'lost >= LOST_BEFORE_ALONE',
      },
    ],
  },
  {
    name: 'death alone not recorded',
    defect: 'A run that ends its process, alone as it is, is tried as if nothing were known.',
    patches: [
      {
        file: `${RUNTIME}/liveness/alone.ts`,
        find: 'run.holder !== worker) return null;',
        replace: 'run.holder !== null) return null;',
      },
    ],
  },
  {
    name: 'told to stop before it listened',
    defect: 'A task that came just before the end of its process is not handed over.',
    patches: [
      {
        file: `${RUNTIME}/worker.ts`,
        find: 'if (this.#shutdown.signal.aborted) stop();',
        replace: '',
      },
    ],
  },
];
