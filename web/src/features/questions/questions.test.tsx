import { screen, waitFor, within } from '@testing-library/react';
import type { Json, NewEvent } from '@longrun/shared';
import { http, HttpResponse } from 'msw';
import { afterEach, describe, expect, it } from 'vitest';
import { created, FakeLive } from '../../testing/fake-live.ts';
import { renderApp } from '../../testing/render-app.tsx';
import { server } from '../../testing/server.ts';
import { dropAllDrafts } from '../../lib/drafts.ts';

afterEach(dropAllDrafts);

function asking(...values: Json[]) {
  const live = new FakeLive();
  live.append('r1', created('r1', 'Plan the week'));
  live.append(
    'r1',
    { type: 'attempt.started', at: Date.now(), attempt: 1, worker: 'w' },
    {
      type: 'interrupt.opened',
      at: Date.now(),
      interrupts: values.map((value, i) => ({ id: `q${i}`, value })),
    },
  );
  return renderApp('/runs/r1', live);
}

const answered = (answers: { [id: string]: Json }, by = 'u'): NewEvent => ({
  type: 'interrupt.answered',
  at: Date.now(),
  answers,
  by,
});

/** The server takes answers as the real one does, and tells what it was sent. */
function takes(live: FakeLive): unknown[] {
  const bodies: unknown[] = [];
  server.use(
    http.post('*/api/runs/r1/answer', async ({ request }) => {
      const body = (await request.json()) as { answers: { [id: string]: Json } };
      bodies.push(body);
      live.append('r1', answered(body.answers));
      return HttpResponse.json(live.run('r1'));
    }),
  );
  return bodies;
}

describe('G4: questions', () => {
  it('a choice is sent with its value, and stays visible: what, by whom', async () => {
    const { live, user } = asking({
      question: 'Which day?',
      options: [
        { value: 'mon', label: 'Monday', detail: 'all day' },
        { value: 'tue', label: 'Tuesday' },
      ],
    });
    const bodies = takes(live);
    await user.click(await screen.findByRole('radio', { name: /Tuesday/ }));
    await user.click(screen.getByRole('button', { name: 'Answer' }));
    const article = screen.getByRole('article');
    expect(await within(article).findByText(/You answered/)).toBeTruthy();
    expect(within(article).getByText('Tuesday')).toBeTruthy();
    expect(bodies).toEqual([{ answers: { q0: 'tue' } }]);
    expect(screen.queryByRole('radio')).toBeNull();
  });

  it('nothing is sent before it is right; the first field that is wrong gets the focus', async () => {
    const { live, user } = asking({
      question: 'Who comes?',
      schema: {
        type: 'object',
        required: ['name', 'guests'],
        properties: { name: { type: 'string' }, guests: { type: 'integer', minimum: 1 } },
      },
    });
    const bodies = takes(live);
    await user.type(await screen.findByLabelText('Name'), 'Ann');
    await user.click(screen.getByRole('button', { name: 'Answer' }));
    const guests = screen.getByLabelText('Guests');
    await waitFor(() => expect(document.activeElement).toBe(guests));
    expect(guests.getAttribute('aria-invalid')).toBe('true');
    expect(screen.getByText('This is needed.')).toBeTruthy();
    expect(bodies).toEqual([]);
    await user.type(guests, '3{Enter}');
    await waitFor(() => expect(bodies).toEqual([{ answers: { q0: { name: 'Ann', guests: 3 } } }]));
  });

  it('several at once: each is answered on its own', async () => {
    const { live, user } = asking('First?', 'Second?');
    const bodies = takes(live);
    const form = (name: string) => screen.getByRole('form', { name });
    await screen.findByRole('form', { name: 'First?' });
    await user.type(within(form('Second?')).getByRole('textbox'), 'yes{Enter}');
    await screen.findByText(/You answered/);
    expect(bodies).toEqual([{ answers: { q1: 'yes' } }]);
    expect(form('First?')).toBeTruthy();
    expect(screen.queryByRole('form', { name: 'Second?' })).toBeNull();
  });

  it('what was begun survives leaving the page', async () => {
    const { user } = asking('Why?');
    await user.type(await screen.findByRole('textbox', { name: 'Why?' }), 'Because');
    await user.click(screen.getByRole('link', { name: 'Threads' }));
    await screen.findByRole('heading', { name: 'Threads' });
    await user.click(screen.getByRole('link', { name: /asks: Why/ }));
    const box = await screen.findByRole<HTMLTextAreaElement>('textbox', { name: 'Why?' });
    expect(box.value).toBe('Because');
    expect(Object.keys(localStorage).some((key) => key.endsWith('r1:q0'))).toBe(true);
  });

  it('while it is sent nothing can be sent again; a failure is said in place and can be repeated', async () => {
    const { live, user } = asking('Why?');
    const busy = Promise.withResolvers<void>();
    server.use(
      http.post('*/api/runs/r1/answer', async () => {
        await busy.promise;
        return HttpResponse.json({ error: { code: 'unavailable', message: 'Busy.' } }, { status: 503 });
      }),
    );
    await user.type(await screen.findByRole('textbox', { name: 'Why?' }), 'Because{Enter}');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Sending…' }).disabled).toBe(true);
    busy.resolve();
    expect((await screen.findByRole('alert')).textContent).toContain('Busy.');
    const bodies = takes(live);
    await user.click(screen.getByRole('button', { name: 'Send again' }));
    await waitFor(() => expect(bodies).toEqual([{ answers: { q0: 'Because' } }]));
  });

  it('someone else was quicker: their answer is shown, and what was written here is not lost', async () => {
    const { live, user } = asking('Why?');
    server.use(
      http.post('*/api/runs/r1/answer', () => {
        const error = { code: 'already_answered', message: 'Answered.', details: { by: 'v', at: 'x' } };
        return HttpResponse.json({ error }, { status: 409 });
      }),
    );
    await user.type(await screen.findByRole('textbox', { name: 'Why?' }), 'Mine{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('Someone else was quicker');
    live.append('r1', answered({ q0: 'Theirs' }, 'v'));
    expect(await screen.findByText(/Another person answered/)).toBeTruthy();
    const article = screen.getByRole('article');
    expect(within(article).getByText('Theirs')).toBeTruthy();
    expect(within(article).getByText('Mine')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Discard yours' }));
    expect(within(article).queryByText('Mine')).toBeNull();
  });

  it('a tool call is approved, changed or rejected', async () => {
    const { live, user } = asking({
      actionRequests: [{ name: 'send_email', args: { to: 'ann@example.org' }, description: 'Sends mail.' }],
      reviewConfigs: [{ actionName: 'send_email', allowedDecisions: ['approve', 'edit', 'reject'] }],
    });
    const bodies = takes(live);
    expect(await screen.findByText('ann@example.org')).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Answer' }));
    expect(screen.getByText('Please decide.')).toBeTruthy();
    await user.click(screen.getByRole('radio', { name: 'Reject' }));
    await user.type(screen.getByRole('textbox', { name: /Why/ }), 'Not now');
    await user.click(screen.getByRole('button', { name: 'Answer' }));
    await waitFor(() =>
      expect(bodies).toEqual([{ answers: { q0: { decisions: [{ type: 'reject', message: 'Not now' }] } } }]),
    );
    expect((await screen.findAllByText('Rejected send_email')).length).toBeGreaterThan(0);
  });

  it('a stop of the graph: one button, and the run goes on', async () => {
    const { live, user } = asking({ breakpoint: ['act'] });
    const bodies = takes(live);
    await user.click(await screen.findByRole('button', { name: 'Go on' }));
    await waitFor(() => expect(bodies).toEqual([{ answers: { q0: true } }]));
  });

  it('the timeline keeps the question and its answer', async () => {
    const { live } = asking('Which day?');
    await screen.findByRole('form', { name: 'Which day?' });
    live.append('r1', answered({ q0: 'Monday' }));
    const progress = screen.getByRole('complementary', { name: 'Progress' });
    await waitFor(() => expect(within(progress).getByText('Monday')).toBeTruthy());
    expect(within(progress).getByText('Waited for your answer')).toBeTruthy();
  });

  it('a run that was cancelled asks nothing any more, and says so', async () => {
    const { live } = asking('Which day?');
    await screen.findByRole('form', { name: 'Which day?' });
    live.append('r1', { type: 'run.cancelled', at: Date.now() });
    expect(await screen.findByText('The run ended before this was answered.')).toBeTruthy();
  });
});
