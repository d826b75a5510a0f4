import { afterEach, describe, expect, it } from 'vitest';
import { memoryDocuments } from '../adapters/memory/documents.ts';
import { CommitConflict } from '../ports/documents.ts';
import { systemClock } from '../ports/clock.ts';
import { letters } from '../runtime/formats/letters.ts';
import { Lab } from '../runtime/testing/lab.ts';
import { serveApi, type ApiServer } from './testing.ts';

describe('a commit whose documents others keep busy for longer than the storage’s client waits', () => {
  let api: ApiServer | undefined;
  afterEach(() => api?.close());

  /** A run that asks; the next `busy` commits fail. */
  async function asking() {
    const state = { busy: 0 };
    const documents = memoryDocuments({
      before: async (call) => {
        if (!call.startsWith('commit') || state.busy === 0) return;
        state.busy -= 1;
        throw new CommitConflict('busy');
      },
    });
    const clock = { ...systemClock, after: (_ms: number, then: () => void) => systemClock.after(0, then) };
    const lab = new Lab({ graph: letters(), documents, clock });
    api = await serveApi(lab);
    const run = await lab.work(await lab.create({ input: { messages: [], want: 'ask' } }));
    expect(run.status).toBe('interrupted');
    const call = (method: string, path: string, body: unknown) =>
      api?.call(method, path.replace('RUN', run.run_id), body);
    return { state, run, call };
  }

  it('cancel -> cancelled', async () => {
    const { state, call } = await asking();
    state.busy = 3;
    expect(await call('POST', '/runs/RUN/cancel', {})).toMatchObject({
      status: 200,
      body: { status: 'cancelled' },
    });
    expect(state.busy).toBe(0);
  });

  it('answer -> answered', async () => {
    const { state, run, call } = await asking();
    state.busy = 3;
    const answers = { [run.interrupts[0]?.id ?? '']: 'yes' };
    expect(await call('POST', '/runs/RUN/answer', { answers })).toMatchObject({
      status: 200,
      body: { status: 'pending' },
    });
    expect(state.busy).toBe(0);
  });

  it('create -> created', async () => {
    const { state, call } = await asking();
    state.busy = 3;
    const body = { assistant_id: 'research', input: { messages: [] } };
    expect(await call('POST', '/runs', body)).toMatchObject({ status: 200 });
  });

  it.each([
    ['POST', '/runs/RUN/cancel', {}],
    ['POST', '/threads', {}],
    ['POST', '/runs', { assistant_id: 'research', input: {} }],
  ])('without an end: %s %s -> unavailable', async (method, path, body) => {
    const { state, call } = await asking();
    state.busy = Number.POSITIVE_INFINITY;
    expect(await call(method, path, body)).toMatchObject({
      status: 503,
      body: { error: { code: 'unavailable' } },
    });
  });
});
