import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as answers from '../testing/admin-answers.ts';
import { renderApp } from '../testing/render-app.tsx';
import { server } from '../testing/server.ts';

const ADMIN = { admin: true, next: true };
const open = (path: string) => renderApp(path, undefined, ADMIN);
const route = (path: string, body: JsonBodyType) =>
  http.get(`*/api/admin/${path}`, () => HttpResponse.json(body));
const refuse = (status: number, code: string, message: string, details?: unknown) =>
  HttpResponse.json({ error: { code, message, details } } as JsonBodyType, { status });

beforeEach(() => {
  server.use(
    route('overview', answers.overview as never),
    route('dead-letters', { runs: answers.deadLetters } as never),
    route('storage', answers.storage as never),
    route('config', answers.config as never),
    route('limits', answers.limits as never),
    route('audit', { entries: [answers.line()], next_cursor: null } as never),
    http.get('*/api/admin/metrics', ({ request }) =>
      HttpResponse.json(answers.metrics(Number(new URL(request.url).searchParams.get('hours'))) as never),
    ),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('who may see it', () => {
  it('no admin -> a plain page, no link, and no button where there is an admin already', async () => {
    server.use(route('me', { admin: false, claimable: false }));
    renderApp('/admin', undefined, { admin: false, next: false });
    expect(await screen.findByRole('heading', { name: 'This page is for admins' })).toBeTruthy();
    expect(await screen.findByText(/An admin of this installation can make you one/)).toBeTruthy();
    expect(screen.queryByRole('link', { name: 'Admin' })).toBeNull();
    expect(screen.queryByRole('button', { name: /Become the admin/ })).toBeNull();
  });

  it('claimable -> claimed: the page opens and the link appears without a reload', async () => {
    const rights = { admin: false, next: false };
    server.use(
      route('me', { admin: false, claimable: true }),
      http.post('*/api/admin/claim', () => {
        rights.next = true;
        return HttpResponse.json({ admin: true, claimable: false });
      }),
    );
    const { user } = renderApp('/admin', undefined, rights);
    await user.click(await screen.findByRole('button', { name: 'Become the admin of this installation' }));
    expect(await screen.findByRole('heading', { name: 'Admin' })).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Admin' }).getAttribute('href')).toBe('/admin');
  });

  it('a claim that someone else was quicker with says so, and the page stays', async () => {
    server.use(
      route('me', { admin: false, claimable: true }),
      http.post('*/api/admin/claim', () => refuse(403, 'forbidden', 'There is an admin already.')),
    );
    const { user } = renderApp('/admin', undefined, { admin: false, next: false });
    await user.click(await screen.findByRole('button', { name: /Become the admin/ }));
    expect((await screen.findByRole('alert')).textContent).toBe('There is an admin already.');
  });

  it('granted a moment ago -> the next token is taken, and the page opens', async () => {
    server.use(route('me', { admin: true, claimable: false }));
    renderApp('/admin', undefined, { admin: false, next: true });
    expect(await screen.findByRole('heading', { name: 'Admin' })).toBeTruthy();
  });

  it('rights that were taken -> the first refusal closes the page', async () => {
    server.use(
      route('me', { admin: false, claimable: false }),
      http.get('*/api/admin/overview', () => refuse(403, 'forbidden', 'Only administrators may do this.')),
    );
    renderApp('/admin', undefined, { admin: true, next: false });
    expect(await screen.findByText(/An admin of this installation can make you one/)).toBeTruthy();
  });
});

describe('health', () => {
  it('C5 D8: every part and alert says its state in words, and the top line sums up', async () => {
    open('/admin');
    const cache = (await screen.findByText('Redis at 127.0.0.1:6379 refused.')).closest('li');
    expect(cache?.textContent).toContain('Unreachable');
    expect(screen.getByText('1 part cannot be reached, 1 alert')).toBeTruthy();
    const errors = screen.getByText('Runs that fail').closest('li');
    expect(errors?.textContent).toContain('Fires');
    expect(errors?.textContent).toContain('12.5 % of the runs that ended in the last hour');
    expect(screen.getByText('Oldest waiting').closest('div')?.textContent).toContain('1 m 15 s');
  });

  it('a reading that fails keeps the last figures, and says of when they are', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    open('/admin');
    await screen.findByText('Redis at 127.0.0.1:6379 refused.');
    server.use(http.get('*/api/admin/overview', () => HttpResponse.error()));
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toMatch(/This is as of \d\d:\d\d:\d\d/);
    expect(screen.getByText('Redis at 127.0.0.1:6379 refused.')).toBeTruthy();
    server.use(route('overview', { ...answers.overview, parts: [] } as never));
    await act(() => vi.advanceTimersByTimeAsync(5_000));
    expect(await screen.findByText('Every part answers, 1 alert')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('nobody looks -> nothing is asked; somebody looks again -> asked at once', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    let asked = 0;
    server.use(
      http.get('*/api/admin/overview', () => {
        asked += 1;
        return HttpResponse.json(answers.overview as never);
      }),
    );
    open('/admin');
    await screen.findByText('Redis at 127.0.0.1:6379 refused.');
    const state = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    const before = asked;
    await act(() => vi.advanceTimersByTimeAsync(60_000));
    expect(asked).toBe(before);
    state.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    await waitFor(() => expect(asked).toBe(before + 1));
  });
});

describe('runs of everyone', () => {
  it('one’s own lead to their page; of others only the ids and where their time went', async () => {
    open('/admin?tab=runs');
    expect((await screen.findByRole('link', { name: 'My own question' })).getAttribute('href')).toBe(
      '/runs/mine',
    );
    const theirs = screen.getByText('What another person asked').closest('li');
    expect(theirs?.textContent).toContain('Asks them');
    expect(
      within(theirs as HTMLElement)
        .getByRole('link')
        .getAttribute('href'),
    ).toBe('/admin/runs/another-person-of-this-place/theirs');
  });

  it('D5: one dead letter is tried again at once; then its line leads to the new run', async () => {
    let body: unknown;
    server.use(
      http.post('*/api/admin/dead-letters/retry', async ({ request }) => {
        body = await request.json();
        const [first, ...rest] = answers.deadLetters;
        server.use(route('dead-letters', { runs: [{ ...first, retried_by: 'new' }, ...rest] } as never));
        return HttpResponse.json({
          runs: [{ owner: first?.owner, run_id: 'dead1', retried_by: 'new' }],
        } as never);
      }),
    );
    const { user } = open('/admin?tab=runs');
    await user.click(await screen.findByRole('button', { name: 'Retry: A run that was given up' }));
    expect(await screen.findByText('1 run started again.')).toBeTruthy();
    expect(body).toEqual({ runs: [{ owner: 'another-person-of-this-place', run_id: 'dead1' }] });
    await waitFor(() => expect(screen.getAllByRole('link', { name: 'Tried again' })).toHaveLength(2));
  });

  it('D5: all of them ask first; those that are refused say why', async () => {
    let body: unknown;
    server.use(
      http.post('*/api/admin/dead-letters/retry', async ({ request }) => {
        body = await request.json();
        return HttpResponse.json({
          runs: [
            { owner: 'u', run_id: 'dead2', retried_by: 'n' },
            { owner: 'a', run_id: 'dead1', error: 'Another run holds this thread.' },
          ],
        });
      }),
    );
    const { user } = open('/admin?tab=runs');
    await user.click(await screen.findByRole('button', { name: 'Retry all 2' }));
    expect(screen.getByText(/2 runs start again at once/)).toBeTruthy();
    expect(body).toBeUndefined();
    await user.click(screen.getByRole('button', { name: 'Yes, retry all' }));
    expect(await screen.findByText('1 run did not: Another run holds this thread.')).toBeTruthy();
    expect(body).toEqual({});
  });

  it('nothing runs and nothing failed: says so', async () => {
    server.use(
      route('overview', { ...answers.overview, active: [] } as never),
      route('dead-letters', { runs: [] }),
    );
    open('/admin?tab=runs');
    expect(await screen.findByText('Nothing runs, and nobody is asked.')).toBeTruthy();
    expect(await screen.findByText('No run was given up.')).toBeTruthy();
  });
});

describe('metrics', () => {
  it('D7: the time is in the address; the figures are those of that time', async () => {
    const { user } = open('/admin?tab=metrics&hours=168');
    expect((await screen.findByText('Success')).closest('div')?.textContent).toContain('96.2 %');
    expect(screen.getByRole('button', { name: '7 days' }).getAttribute('aria-pressed')).toBe('true');
    await user.click(screen.getByRole('button', { name: '30 days' }));
    expect(location.search).toBe('?tab=metrics&hours=720');
    await waitFor(() =>
      expect(screen.getByRole('button', { name: '30 days' }).getAttribute('aria-pressed')).toBe('true'),
    );
  });

  it('D7: the table of steps is sorted by what one chooses', async () => {
    const { user } = open('/admin?tab=metrics');
    const table = await screen.findByRole('region', { name: 'Time of each step' });
    const first = () => within(table).getAllByRole('row')[1]?.textContent;
    // As soon as the names of the steps have come.
    await waitFor(() => expect(first()).toContain('Answer'));
    await user.click(within(table).getByRole('button', { name: 'Times' }));
    expect(first()).toContain('Search');
    expect(within(table).getByRole('columnheader', { name: 'Times' }).getAttribute('aria-sort')).toBe(
      'descending',
    );
    await user.click(within(table).getByRole('button', { name: 'Times' }));
    expect(first()).toContain('Answer');
  });

  it('the chart is also a table', async () => {
    open('/admin?tab=metrics');
    await screen.findByText('The figures as a table');
    const rows = within(screen.getByRole('region', { name: 'Runs that ended, over time' })).getAllByRole(
      'row',
    );
    expect(rows).toHaveLength(25);
  });
});

describe('storage and configuration', () => {
  it('C5: kind, size and backups', async () => {
    open('/admin?tab=storage');
    expect(await screen.findByText('Embedded store, files on this machine')).toBeTruthy();
    expect(screen.getByText('4.3 MB')).toBeTruthy();
    expect(screen.getByText(/At shutdown/)).toBeTruthy();
  });

  it('E5: of a secret only whether it is set', async () => {
    open('/admin?tab=config');
    const key = (await screen.findByText('GOOGLE_API_KEY')).closest('li');
    expect(key?.textContent).toBe('GOOGLE_API_KEYset, kept secretfrom the environment');
    expect(screen.getByText('OPENAI_API_KEY').closest('li')?.textContent).toContain('not set');
    expect(screen.getByText('MODEL').closest('li')?.textContent).toBe('MODELextractivedefault');
  });

  it('what cannot be read says why, and is read again when asked to', async () => {
    server.use(http.get('*/api/admin/config', () => refuse(503, 'unavailable', 'The storage is away.')));
    const { user } = open('/admin?tab=config');
    expect((await screen.findByRole('alert')).textContent).toContain('The storage is away.');
    server.use(route('config', answers.config as never));
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('GOOGLE_API_KEY')).toBeTruthy();
  });
});

describe('limits', () => {
  const changes = (path: string) => {
    const seen: unknown[] = [];
    server.use(
      http.post(`*/api/admin/${path}`, async ({ request }) => {
        seen.push(await request.json());
        return HttpResponse.json(answers.limits as never);
      }),
    );
    return seen;
  };

  it('shows what is used and what was changed; one number is changed, another given back', async () => {
    const seen = changes('limits');
    const { user } = open('/admin?tab=limits');
    const form = within(await screen.findByRole('form', { name: 'A signed-in user' }));
    expect(screen.getByText('$0.42')).toBeTruthy();
    const perDay = form.getByRole<HTMLInputElement>('spinbutton', { name: 'Runs a day' });
    expect([perDay.value, perDay.placeholder]).toEqual(['50', '2000']);
    await user.clear(perDay);
    await user.type(form.getByRole('spinbutton', { name: /Model cost/ }), '2.5');
    await user.click(form.getByRole('button', { name: 'Change' }));
    await waitFor(() => expect(seen).toEqual([{ user: { runs_per_day: null, usd_per_day: 2.5 } }]));
  });

  it('gives one user limits of their own', async () => {
    const seen = changes('limits/another-person-of-this-place');
    const { user } = open('/admin?tab=limits');
    await user.click(await screen.findByRole('button', { name: 'Limits of another-person-of-this-place' }));
    const form = within(screen.getByRole('form', { name: 'Only another-person-of-this-place' }));
    await user.type(form.getByRole('spinbutton', { name: 'Runs a day' }), '7');
    await user.click(form.getByRole('button', { name: 'Change' }));
    await waitFor(() => expect(seen).toEqual([{ runs_per_day: 7 }]));
  });

  it('a change that is refused says so, and what was typed stays', async () => {
    server.use(http.post('*/api/admin/limits', () => refuse(400, 'invalid_request', 'Too many.')));
    const { user } = open('/admin?tab=limits');
    const form = within(await screen.findByRole('form', { name: 'All users together' }));
    const field = form.getByRole<HTMLInputElement>('spinbutton', { name: /Runs at once/ });
    await user.type(field, '9');
    await user.click(form.getByRole('button', { name: 'Change' }));
    expect((await form.findByRole('alert')).textContent).toBe('Not changed: Too many.');
    expect(field.value).toBe('9');
  });
});
