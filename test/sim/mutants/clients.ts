import { RUNTIME, type Mutant } from './mutant.ts';

const AGENT = 'functions/src/http/agent';

/** What may go wrong between clients of the Agent Server API: turns, threads, edits, crons, removals. */
export const OF_CLIENTS: readonly Mutant[] = [
  {
    name: 'turn appended without its condition',
    defect: 'An answer that lost a race is appended behind whatever came in between.',
    patches: [
      {
        file: `${RUNTIME}/runs/run-store.ts`,
        find: 'const events = decide(loaded);\n      if (events === null) return { run: loaded.run, appended: false };',
        replace:
          'const events = (decided ??= decide(loaded));\n' +
          '      if (events === null) return { run: loaded.run, appended: false };',
      },
      {
        file: `${RUNTIME}/runs/run-store.ts`,
        find: 'for (let race = 0; race < MAX_RACES; race += 1) {\n      // The answer',
        replace:
          'let decided: NewEvent[] | null | undefined;\n' +
          '    for (let race = 0; race < MAX_RACES; race += 1) {\n      // The answer',
      },
    ],
  },
  {
    name: 'told a turn that is not there',
    defect: 'Of two people who give the same answer both are told that they began a turn.',
    patches: [
      {
        file: `${RUNTIME}/runs/start-run.ts`,
        find: 'if (!run.turns.some(({ run_id }) => run_id === id)) {',
        replace: 'if (run.turns.length === 0) {',
      },
      {
        file: `${AGENT}/runs/create.ts`,
        find: 'const turn = turnsOf(run).find(({ run_id }) => run_id === id);',
        replace:
          'const last = turnsOf(run).at(-1);\n' +
          '  const turn = last === undefined ? undefined : { ...last, run_id: id };',
      },
    ],
  },
  {
    name: 'turn not found by its id',
    defect: 'Nothing leads from the id of a turn to its run.',
    patches: [
      { file: `${RUNTIME}/runs/run-store.ts`, find: ', ...lookups(run, entry)', replace: '' },
      {
        file: `${RUNTIME}/runs/run-store.ts`,
        find: 'function lookups(',
        replace: 'export function lookups(',
      },
    ],
  },
  {
    name: 'withdrawn run still starts',
    defect: 'A new run starts on a thread whose run asks, and that one can be answered all the same.',
    patches: [
      {
        file: `${RUNTIME}/runs/thread-queue.ts`,
        find: 'if (thread === undefined || active === null) return',
        replace: "if (thread === undefined || active === null || active.status === 'interrupted') return",
      },
    ],
  },
  {
    name: 'two starts after a withdrawal',
    defect: 'Of the runs that come while one asks several start when that one has ended.',
    patches: [
      {
        file: `${RUNTIME}/runs/thread-queue.ts`,
        find: "const isFirst = next?.run_id === run.run_id && active.status === 'interrupted';",
        replace: "const isFirst = next !== null && active.status === 'interrupted';",
      },
      {
        file: `${RUNTIME}/runs/thread-queue.ts`,
        find: 'isNext: (await activeRun(store, run.owner, free)) === null, withdrawn };',
        replace: 'isNext: true, withdrawn };',
      },
      {
        file: `${RUNTIME}/runs/thread-queue.ts`,
        find: 'if (next !== null && next.run_id !== run.run_id) return null;',
        replace: '',
      },
      {
        file: `${RUNTIME}/runs/thread-queue.ts`,
        find: "return [{ op: 'update', path: thread.path, version: thread.version, fields }];",
        replace: "return [{ op: 'update', path: thread.path, fields }];",
      },
    ],
  },
  {
    name: 'start time ignored',
    defect: 'A run that was to start later starts at once.',
    patches: [
      {
        file: 'functions/src/domain/wake.ts',
        find: 'const due = [retry_at, start_at].flatMap(',
        replace: 'const due = [retry_at, start_at].slice(0, 1).flatMap(',
      },
    ],
  },
  {
    name: 'cron run not named after its time',
    defect: 'Two sweepers at the same time start two runs.',
    patches: [
      {
        file: `${RUNTIME}/crons/fire.ts`,
        find: "const runId = derivedId('cron', cron.owner, cron.cron_id, due);",
        replace: "const runId = derivedId('cron', cron.owner, cron.cron_id, due, String(Math.random()));",
      },
    ],
  },
  {
    name: 'cron moved on before its run is there',
    defect: 'A sweeper that dies in between loses the run.',
    patches: [
      {
        file: `${RUNTIME}/crons/fire.ts`,
        find: 'const error = await failureOf(store, cron, () => start(cron, runId));',
        replace:
          'await note(store, path, due, (now) => nextOf(store, now));\n' +
          '  const error = await failureOf(store, cron, () => start(cron, runId));',
      },
    ],
  },
  {
    name: 'stream numbered anew',
    defect: 'A second attempt numbers what it streams from the beginning.',
    patches: [
      {
        file: `${RUNTIME}/runs/run-store.ts`,
        find: 'seq: run.head.seq + 1 + i,',
        replace: "seq: run.attempt > 1 && event.type === 'stream' ? i + 1 : run.head.seq + 1 + i,",
      },
    ],
  },
  {
    name: 'stream of a lost attempt told as well',
    defect: 'What LangGraph streams of a step is in the log before the step has ended.',
    patches: [
      {
        file: `${RUNTIME}/attempt/execute.ts`,
        find: 'if (modeOf(chunk) === UPDATES) updates.push(...recorded);\n      else tell(recorded);',
        replace: 'tell(recorded);\n      await options.journal.flush();',
      },
    ],
  },
  {
    name: 'fork from where the thread stands',
    defect: 'A run that is to set out from a checkpoint sets out from the newest.',
    patches: [
      {
        file: `${RUNTIME}/attempt/resume/origin.ts`,
        find: 'if (id === null) return { ...fresh, input: state };',
        replace: "if (id === null || id !== '') return { ...fresh, input: state };",
      },
    ],
  },
  {
    name: 'rollback from where the thread stands',
    defect: 'A run that undoes another one goes on with what that did.',
    patches: [
      {
        file: `${RUNTIME}/attempt/resume/origin.ts`,
        find: 'if (undone !== null && undone.last_checkpoint !== null) {',
        replace: 'if (undone !== null && undone.last_checkpoint === null) {',
      },
    ],
  },
  {
    name: 'undone run leaves its checkpoints',
    defect: 'The thread stands where a run left it that is undone.',
    patches: [
      {
        file: `${RUNTIME}/housekeeping/undo.ts`,
        find: "const { removeCheckpointsOf } = await import('./rollback.ts');\n  await removeCheckpointsOf(store, run);",
        replace: '',
      },
    ],
  },
  {
    name: 'half an undo is never ended',
    defect: 'Whoever undid a run died, and half of its checkpoints stay.',
    patches: [
      { file: `${RUNTIME}/runs/run-store.ts`, find: '...(isUndone(run) ? REMOVING : {}),', replace: '' },
    ],
  },
  {
    name: 'half-removed run is shown',
    defect: 'Whoever removed a run died, and it stands there without its log.',
    patches: [
      {
        file: `${RUNTIME}/housekeeping/remove.ts`,
        find: 'if (!(await claimRunForRemoval(documents, path))) return;',
        replace: "if (path === '' && !(await claimRunForRemoval(documents, path))) return;",
      },
    ],
  },
  {
    name: 'answer sent twice makes a run',
    defect: 'An answer that came twice begins a turn, and a run of the same id when the first was cancelled.',
    patches: [
      {
        file: `${RUNTIME}/runs/create-run.ts`,
        find: 'if (found.turn !== undefined) throw new BegunAsTurn(runId);',
        replace: '',
      },
    ],
  },
  {
    name: 'edit leaves the question open',
    defect: 'A state is edited below a run that asks and goes on with the answer.',
    patches: [
      { file: 'functions/src/graph-reader/update-sink.ts', find: '...(end?.writes ?? []),', replace: '' },
    ],
  },
  {
    name: 'edit without its condition',
    defect: 'The state of a thread is edited while a run begins there.',
    patches: [
      {
        file: 'functions/src/graph-reader/update-sink.ts',
        find: "{ op: 'update', path: thread.path, version: thread.version, fields: free },",
        replace: "{ op: 'update', path: thread.path, fields: free },",
      },
    ],
  },
  {
    name: 'run removed before what lies below it',
    defect: 'A removal that is stopped in the middle is never ended.',
    patches: [
      {
        file: `${RUNTIME}/housekeeping/remove.ts`,
        find: '  const path = runPath(run.owner, run.run_id);\n  const [thread]',
        replace:
          '  const path = runPath(run.owner, run.run_id);\n' +
          "  await documents.commit([{ op: 'delete', path }]);\n" +
          '  const [thread]',
      },
    ],
  },
];
