import { screen, waitFor } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { created } from '../testing/fake-live.ts';
import { renderApp } from '../testing/render-app.tsx';
import { server } from '../testing/server.ts';

async function ask(user: ReturnType<typeof renderApp>['user'], text: string) {
  await screen.findByText('Answers with citations.');
  await user.type(screen.getByRole('textbox', { name: 'What should be done?' }), text);
  await user.keyboard('{Enter}');
}

describe('asking', () => {
  it('A1: the run page is there before the server answered', async () => {
    server.use(http.post('*/api/runs', () => delay('infinite')));
    const { user } = renderApp();
    await ask(user, 'Why is the sky blue?');
    expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('Why is the sky blue?');
    expect(location.pathname).toMatch(/^\/runs\/[0-9a-f-]{36}$/);
    expect(screen.getByText('being sent')).toBeTruthy();
  });

  it('sends who asks, what, and the id that the page made', async () => {
    let seen: { body: unknown; auth: string | null } | undefined;
    server.use(
      http.post('*/api/runs', async ({ request }) => {
        seen = { body: await request.json(), auth: request.headers.get('authorization') };
        return delay('infinite');
      }),
    );
    const { user } = renderApp();
    await ask(user, 'Why?');
    await waitFor(() => expect(seen).toBeDefined());
    expect(seen?.auth).toBe('Bearer token');
    expect(seen?.body).toMatchObject({
      assistant_id: 'research',
      run_id: location.pathname.slice('/runs/'.length),
      input: { messages: [{ role: 'user', content: 'Why?' }] },
    });
  });

  it('refused: says why in place, and tries again with the same id and text', async () => {
    const ids: string[] = [];
    server.use(
      http.post('*/api/runs', async ({ request }) => {
        const body = (await request.json()) as { run_id: string };
        ids.push(body.run_id);
        const error = { code: 'rate_limited', message: 'Too many runs in this hour.' };
        return HttpResponse.json({ error }, { status: 429 });
      }),
    );
    const { user } = renderApp();
    await ask(user, 'Why?');
    expect((await screen.findByRole('alert')).textContent).toContain('Too many runs in this hour.');
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(ids).toHaveLength(2));
    expect(new Set(ids).size).toBe(1);
  });

  it('a quota is used up: says what, how much and until when, and keeps the text', async () => {
    const details = { what: 'runs_per_day', limit: 9, used: 9, until: '2026-12-02T00:00:00.000Z' };
    const error = { code: 'quota_exceeded', message: 'You started 9 runs today.', details };
    server.use(http.post('*/api/runs', () => HttpResponse.json({ error }, { status: 429 })));
    const { user } = renderApp();
    await ask(user, 'Why is "it" so?');
    const said = (await screen.findByRole('alert')).textContent;
    expect(said).toContain('Your runs of today are used up. You started 9 of 9 runs today. From ');
    await user.click(screen.getByRole('button', { name: 'Edit the text' }));
    const field = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'What should be done?' });
    expect(field.value).toBe('Why is "it" so?');
    // Drafts outlive the page.
    await user.clear(field);
  });

  it('refused: the text goes back to the composer when it is to be edited', async () => {
    const error = { code: 'invalid_request', message: 'No.' };
    server.use(http.post('*/api/runs', () => HttpResponse.json({ error }, { status: 400 })));
    const { user } = renderApp();
    await ask(user, 'Why is "it" so?');
    await user.click(await screen.findByRole('button', { name: 'Edit the text' }));
    expect(screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'What should be done?' }).value).toBe(
      'Why is "it" so?',
    );
  });

  it('unreachable: sends the same request again by itself', async () => {
    let calls = 0;
    server.use(
      http.post('*/api/runs', () => {
        calls += 1;
        return HttpResponse.error();
      }),
    );
    const { user } = renderApp();
    await ask(user, 'Why?');
    await waitFor(() => expect(calls).toBeGreaterThan(1));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('E4: says in words when no model is at work', async () => {
    renderApp();
    expect(
      await screen.findByText('No model is configured (extractive): it works by rules and quotations'),
    ).toBeTruthy();
  });

  it('options that are not JSON block sending, with the reason', async () => {
    const { user } = renderApp();
    await screen.findByText('Answers with citations.');
    await user.type(screen.getByPlaceholderText(/recursion_limit/), '[[1]');
    await user.type(screen.getByRole('textbox', { name: 'What should be done?' }), 'Why?');
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Start' }).disabled).toBe(true);
    expect(screen.getByText(/must be a JSON object/)).toBeTruthy();
  });

  it('shows what needs attention: waiting for the person, going on, just ended', async () => {
    const { live } = renderApp();
    live.append('a', created('a', 'Going on'));
    live.append('b', created('b', 'Asking'));
    live.append('b', { type: 'attempt.started', at: 1, attempt: 1, worker: 'w' });
    live.append('b', { type: 'interrupt.opened', at: 2, interrupts: [{ id: 'i', value: 'ok?' }] });
    const asking = await screen.findByRole('region', { name: 'Waiting for you' });
    expect(asking.textContent).toContain('Asking');
    expect(screen.getByRole('region', { name: 'Going on' }).textContent).toContain('Going on');
  });
});

describe('a graph that cannot be loaded', () => {
  const graph = (id: string, title: string) => ({ id, title, description: '', examples: [], steps: {} });
  const error = { code: 'graph_broken', message: './bad.ts: KEY is missing' };
  const serve = (...graphs: object[]) =>
    server.use(http.get('*/api/graphs', () => HttpResponse.json({ graphs, model: 'extractive' })));

  it('cannot be chosen, says why, and the next one is chosen instead', async () => {
    serve({ ...graph('bad', 'Bad'), error }, graph('good', 'Good'));
    renderApp();
    const list = await screen.findByRole('list', { name: 'Graphs that cannot be run' });
    expect(list.textContent).toBe('Bad cannot be run: ./bad.ts: KEY is missing');
    const option = screen.getByRole<HTMLOptionElement>('option', { name: 'Bad (cannot be run)' });
    expect(option.disabled).toBe(true);
    expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Graph' }).value).toBe('good');
  });

  it('is the only one -> nothing can be sent', async () => {
    serve({ ...graph('bad', 'Bad'), error });
    const { user } = renderApp();
    await screen.findByRole('list', { name: 'Graphs that cannot be run' });
    await user.type(screen.getByRole('textbox', { name: 'What should be done?' }), 'Why?');
    await user.keyboard('{Enter}');
    expect(location.pathname).toBe('/');
    expect(screen.getByTitle<HTMLButtonElement>('Bad cannot be run.').disabled).toBe(true);
  });
});
