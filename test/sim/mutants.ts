import type { Patch } from './plant.ts';

export interface Mutant {
  name: string;
  /** What is broken. */
  defect: string;
  patches: readonly Patch[];
}

const RUNTIME = 'functions/src/runtime';

/**
 * Defects that the simulation must find. Each takes away one thing that durability rests on; from "answer not passed on"
 * on they are what it had found in the runtime, planted again.
 */
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
        file: `${RUNTIME}/session.ts`,
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
  {
    name: 'task writes not stored',
    defect: 'The results of a step that ended while others of its super-step went on are lost in a crash.',
    patches: [
      {
        file: `${RUNTIME}/sink.ts`,
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
        file: `${RUNTIME}/thread-queue.ts`,
        find: 'if ((await activeRun(store, run.owner, thread)) !== null) return null;',
        replace: '',
      },
    ],
  },
  {
    name: 'questions not told apart',
    defect: "A late answer to a step's first question is taken for one to its second.",
    patches: [
      {
        file: `${RUNTIME}/questions.ts`,
        find: 'const unique = asker.index === 0 || !earlier.has(own) ? own :',
        replace: 'const unique = asker.index >= 0 || !earlier.has(own) ? own :',
      },
    ],
  },
  {
    name: 'answer not given when tried again',
    defect: 'A run that is tried again asks what the failed one was told.',
    patches: [
      {
        file: `${RUNTIME}/origin.ts`,
        find: 'answers: { ...failed.answers, ...run.answers },',
        replace: 'answers: { ...run.answers },',
      },
    ],
  },
  {
    name: 'clock that is behind not waited for',
    defect:
      'A checkpoint gets an id that sorts before that of an earlier one, which is then taken for the newest.',
    patches: [{ file: `${RUNTIME}/session.ts`, find: 'if (behind <= 1) return;', replace: 'return;' }],
  },
  {
    name: 'finished step announced again',
    defect: 'The log says that a step starts which is not executed, and never says that it ends.',
    patches: [
      {
        file: `${RUNTIME}/stream-reader.ts`,
        find: 'if (this.#done.has(task.task) || this.#open.has(task.task)) return [];',
        replace: '',
      },
    ],
  },
  {
    name: 'written after the end',
    defect: 'What LangGraph still does when the outcome of an attempt is known gets into the log.',
    patches: [{ file: `${RUNTIME}/journal.ts`, find: 'this.#sealed = true;', replace: '' }],
  },
  {
    name: 'heartbeat outlives its attempt',
    defect: 'A worker goes on to renew the lease of a run that it has let go.',
    patches: [{ file: `${RUNTIME}/journal.ts`, find: 'if (this.#closed) return;', replace: '' }],
  },
  {
    name: 'answer given again',
    defect: 'An answer that an attempt had stored already is given once more, as one to the next question.',
    patches: [
      {
        file: `${RUNTIME}/questions.ts`,
        find: 'if (list.length === index) list.push(answers[id]);',
        replace: 'list.push(answers[id]);',
      },
    ],
  },
  {
    name: 'question not stored',
    defect: 'The log tells of a question that is not among the writes of its checkpoint.',
    patches: [
      {
        file: `${RUNTIME}/sink.ts`,
        find: 'this.#journal.stage(writes);\n      this.#asked.add(',
        replace: 'if (info.interrupts.length === 0) this.#journal.stage(writes);\n      this.#asked.add(',
      },
    ],
  },
  {
    name: 'question taken for a breakpoint',
    defect:
      'A question is known from the stored state only, where it is not yet: the node is executed again or a false one asked.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'const asked = sink.questions.map(',
        replace:
          'const stored = await session.graph.getState({ configurable: { ...session.config.configurable, checkpoint_id: undefined } });\n' +
          '    const asked = sink.questions.filter(() => stored.tasks.some((task) => task.interrupts.length > 0)).map(',
      },
    ],
  },
  {
    name: 'question told for the graph around',
    defect: 'A question that two graphs hand in is taken for that of the one that comes first.',
    patches: [
      {
        file: `${RUNTIME}/asked-questions.ts`,
        find: 'return asker === undefined || asker.depth < depth;',
        replace: 'return asker === undefined;',
      },
    ],
  },
  {
    name: 'task writes by namespace',
    defect: 'A checkpoint drops what the tasks after it wrote, since it looks at their namespace only.',
    patches: [
      {
        file: `${RUNTIME}/sink.ts`,
        find: 'return `${ns}!${checkpointId}`;',
        replace: 'return checkpointId === undefined ? ns : `${ns}!`;',
      },
    ],
  },
  {
    name: 'one id for all breakpoints',
    defect: 'A late answer to the first breakpoint passes the second.',
    patches: [
      {
        file: `${RUNTIME}/breakpoints.ts`,
        find: "id: `${PREFIX}${newest.toSorted().at(-1) ?? ''}`",
        replace: "id: newest.length < 0 ? '' : 'breakpoint'",
      },
    ],
  },
  {
    name: 'breakpoint passed after a crash',
    defect: 'A run that goes on with what was next passes the breakpoint that it had come to.',
    patches: [
      {
        file: `${RUNTIME}/run-saver.ts`,
        find: 'return isUnpassed(tuple, passed) ? unpassed(given) : given;',
        replace: 'return given;',
      },
    ],
  },
  {
    name: 'breakpoint asked again behind it',
    defect: 'A step that was let through and asks itself is held up again when it is answered.',
    patches: [
      {
        file: `${RUNTIME}/breakpoints.ts`,
        find: ' && pendingWrites.length === 0;',
        replace: ' && pendingWrites.length >= 0;',
      },
    ],
  },
  {
    name: 'stop after a node lost',
    defect: 'A run that was disturbed before it asked goes on after a node after which it should stop.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'session.stopsFirst ||',
        replace: '',
      },
    ],
  },
  {
    name: 'end of a task before its checkpoint',
    defect:
      "Of LangGraph that does not wait for put, a task's end is told while the step before it is not stored.",
    patches: [
      {
        file: `${RUNTIME}/sink.ts`,
        find: 'if (!this.#known.has(checkpoint)) await this.#untilKnown(task_id, checkpoint);',
        replace: '',
      },
    ],
  },
  {
    name: 'hand-over between agents told as failure',
    defect: 'A command for the graph above is taken for an error of the node that gave it.',
    patches: [
      {
        file: `${RUNTIME}/saver/end-of-task.ts`,
        find: 'if (name === HANDED_OVER) return undefined;',
        replace: '',
      },
    ],
  },
  {
    name: 'drained by another copy',
    defect: "The end of a graph that was to be drained is known by the repository's class only.",
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: "import { Drainer } from './drainer.ts';",
        replace:
          "import { Drainer } from './drainer.ts';\nimport { GraphDrained } from '@langchain/langgraph';",
      },
      {
        file: `${RUNTIME}/execute.ts`,
        find: "error instanceof Error && error.name === 'GraphDrained'",
        replace: 'error instanceof GraphDrained',
      },
    ],
  },
  {
    name: 'removed node passed over',
    defect: 'A run whose next node a deploy renamed or removed completes without it.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'if (missing.length > 0) return',
        replace: 'if (missing.length < 0) return',
      },
    ],
  },
  {
    name: 'removed node passed over within a node',
    defect: 'The same in a graph within a node.',
    patches: [
      {
        file: `${RUNTIME}/sink.ts`,
        find: 'if (nodes.length > 0) this.#lost ??= new GraphChanged(nodes);',
        replace: '',
      },
    ],
  },
  {
    name: 'answer without a taker',
    defect: 'The node that asked is gone, and the run completes without the answer.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'if (missing.length > 0) return',
        replace: 'if (missing.length < 0) return',
      },
      {
        file: `${RUNTIME}/sink.ts`,
        find: 'if (nodes.length > 0) this.#lost ??= new GraphChanged(nodes);',
        replace: '',
      },
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'if (dropped.length > 0) return',
        replace: 'if (dropped.length < 0) return',
      },
    ],
  },
  {
    name: 'end of a run taken for a change',
    defect: 'A run that was disturbed after its last step fails, since nothing is left to do.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'origin.expectsWork && hasWork(session.from)',
        replace: 'origin.expectsWork',
      },
    ],
  },
  {
    name: 'steps left over taken for a breakpoint',
    defect: 'A graph that LangGraph left before its steps were done asks whether it shall go on.',
    patches: [
      {
        file: `${RUNTIME}/execute.ts`,
        find: 'const asks = stopped && state.next.length > 0',
        replace: 'const asks = state.next.length > 0',
      },
    ],
  },
  {
    name: 'finished step announced by the second call',
    defect: 'A graph that is called again for what it left over tells of its finished steps as begun.',
    patches: [
      {
        file: `${RUNTIME}/stream-reader.ts`,
        find: 'this.#done.add(task.task);',
        replace: '',
      },
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
];
