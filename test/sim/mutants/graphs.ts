import { RUNTIME, type Mutant } from './mutant.ts';

/** What went wrong with the graphs of other people: questions, breakpoints, graphs within graphs, older copies, deploys. */
export const OF_GRAPHS: readonly Mutant[] = [
  {
    name: 'questions not told apart',
    defect: "A late answer to a step's first question is taken for one to its second.",
    patches: [
      {
        file: `${RUNTIME}/attempt/questions/questions.ts`,
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
        file: `${RUNTIME}/attempt/resume/origin.ts`,
        find: 'answers: { ...failed.answers, ...run.answers },',
        replace: 'answers: { ...run.answers },',
      },
    ],
  },
  {
    name: 'finished step announced again',
    defect: 'The log says that a step starts which is not executed, and never says that it ends.',
    patches: [
      {
        file: `${RUNTIME}/attempt/stream/stream-reader.ts`,
        find: 'if (this.#done.has(task.task) || this.#open.has(task.task)) return [];',
        replace: '',
      },
    ],
  },
  {
    name: 'answer given again',
    defect: 'An answer that an attempt had stored already is given once more, as one to the next question.',
    patches: [
      {
        file: `${RUNTIME}/attempt/questions/questions.ts`,
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
        file: `${RUNTIME}/attempt/journal/sink.ts`,
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
        file: `${RUNTIME}/attempt/execute.ts`,
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
        file: `${RUNTIME}/attempt/questions/asked-questions.ts`,
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
        file: `${RUNTIME}/attempt/journal/sink.ts`,
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
        file: `${RUNTIME}/attempt/questions/breakpoints.ts`,
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
        file: `${RUNTIME}/attempt/run-saver.ts`,
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
        file: `${RUNTIME}/attempt/questions/breakpoints.ts`,
        find: ' && pendingWrites.every(',
        replace: ' && !pendingWrites.some(() => false) && [].every(',
      },
    ],
  },
  {
    name: 'task without its turn taken for done',
    defect: 'A task that waited for its turn when another one threw is never executed.',
    patches: [
      {
        file: `${RUNTIME}/attempt/run-saver.ts`,
        find: 'if (this.#unstarted.add(config, writes)) {',
        replace: 'if (this.#unstarted.add(config, writes) && taskId === undefined) {',
      },
    ],
  },
  {
    name: 'stop after a node lost',
    defect: 'A run that was disturbed before it asked goes on after a node after which it should stop.',
    patches: [
      {
        file: `${RUNTIME}/attempt/execute.ts`,
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
        file: `${RUNTIME}/attempt/journal/sink.ts`,
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
        file: `${RUNTIME}/attempt/execute.ts`,
        find: "import { Drainer } from './drainer.ts';",
        replace:
          "import { Drainer } from './drainer.ts';\nimport { GraphDrained } from '@langchain/langgraph';",
      },
      {
        file: `${RUNTIME}/attempt/execute.ts`,
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
        file: `${RUNTIME}/attempt/execute.ts`,
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
        file: `${RUNTIME}/attempt/journal/sink.ts`,
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
        file: `${RUNTIME}/attempt/execute.ts`,
        find: 'if (missing.length > 0) return',
        replace: 'if (missing.length < 0) return',
      },
      {
        file: `${RUNTIME}/attempt/journal/sink.ts`,
        find: 'if (nodes.length > 0) this.#lost ??= new GraphChanged(nodes);',
        replace: '',
      },
      {
        file: `${RUNTIME}/attempt/execute.ts`,
        find: 'if (dropped.length > 0 && !asksAnew) return',
        replace: 'if (dropped.length < 0) return',
      },
    ],
  },
  {
    name: 'end of a run taken for a change',
    defect: 'A run that was disturbed after its last step fails, since nothing is left to do.',
    patches: [
      {
        file: `${RUNTIME}/attempt/execute.ts`,
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
        file: `${RUNTIME}/attempt/execute.ts`,
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
        file: `${RUNTIME}/attempt/stream/stream-reader.ts`,
        find: 'this.#done.add(task.task);',
        replace: '',
      },
    ],
  },
];
