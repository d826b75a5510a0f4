import { screen, waitFor, within } from '@testing-library/react';
import type { AdminOperation, AuditEntry } from '@longrun/shared';
import { http, HttpResponse, type JsonBodyType } from 'msw';
import { beforeEach, describe, expect, it } from 'vitest';
import * as answers from '../../testing/admin-answers.ts';
import { renderApp } from '../../testing/render-app.tsx';
import { server } from '../../testing/server.ts';

let log: AuditEntry[];
let now: AdminOperation;
let sent: unknown[];

beforeEach(() => {
  log = [];
  now = answers.operation();
  sent = [];
  server.use(
    http.get('*/api/admin/overview', () => HttpResponse.json(answers.overview as never)),
    http.get('*/api/admin/audit', () => HttpResponse.json({ entries: log, next_cursor: null } as never)),
    http.get('*/api/admin/operations/:id', () => HttpResponse.json(now as never)),
    http.post('*/api/admin/purge', async ({ request }) => {
      sent.push(await request.json());
      log = [answers.line({ action: 'purge_cdn', outcome: 'started', operation_id: 'operation-1' })];
      return HttpResponse.json(now as never, { status: 202 });
    }),
  );
});

const open = () => renderApp('/admin?tab=actions', undefined, { admin: true, next: true });
const end = (change: Partial<AdminOperation>) => {
  now = answers.operation({ progress: 100, ...change });
  log = [
    answers.line({ id: '2', action: 'purge_cdn', outcome: 'succeeded', operation_id: 'operation-1' }),
    ...log,
  ];
};
const part = (action: string) => {
  const found = document.querySelector<HTMLElement>(`[data-action="${action}"]`);
  if (found === null) throw new Error(`There is no action ${action}.`);
  return within(found);
};

describe('B5: purging the CDN', () => {
  it('asks first and names the consequence; Escape takes it back', async () => {
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Purge CDN' }));
    expect(screen.getByText(/Every visitor’s next page load asks the bucket/)).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(await screen.findByRole('button', { name: 'Purge CDN' })).toBeTruthy();
    expect(sent).toEqual([]);
  });

  it('shows progress until it is done, then a toast and a new line in the log', async () => {
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Purge CDN' }));
    await user.keyboard('{Enter}');
    const bar = await screen.findByRole<HTMLProgressElement>('progressbar', { name: 'Purge CDN: progress' });
    expect(bar.value).toBe(10);
    expect(screen.getByText('operation-1')).toBeTruthy();
    expect(sent).toEqual([{}]);
    now = answers.operation({ progress: 60 });
    await waitFor(() => expect(bar.value).toBe(60));
    end({ status: 'done', detail: 'The CDN forgot 14 copies.' });
    expect(await screen.findByText('CDN: done')).toBeTruthy();
    await waitFor(() => expect(document.querySelectorAll('[data-audit=purge_cdn]')).toHaveLength(2));
    expect(part('purge_cdn').getByText('Done')).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Purge CDN' }).disabled).toBe(false);
  });

  it('a path: only a good one can be sent, and the question names it', async () => {
    const { user } = open();
    const field = await screen.findByLabelText('Only this path');
    await user.type(field, 'no slash');
    expect(screen.getByText('The path must begin with "/" and may end in "/*".')).toBeTruthy();
    expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Purge CDN' }).disabled).toBe(true);
    await user.clear(field);
    await user.type(field, '/index.html');
    await user.click(screen.getByRole('button', { name: 'Purge CDN' }));
    expect(screen.getByText(/The next load of \/index.html asks the bucket/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Yes, purge CDN' }));
    await waitFor(() => expect(sent).toEqual([{ path: '/index.html' }]));
  });

  it('one that runs already is shown instead', async () => {
    const details = { operation_id: 'operation-1' };
    const error = { code: 'conflict', message: 'A purge is running.', details };
    server.use(
      http.post('*/api/admin/purge', () => HttpResponse.json({ error } as JsonBodyType, { status: 409 })),
    );
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Purge CDN' }));
    await user.click(screen.getByRole('button', { name: 'Yes, purge CDN' }));
    expect(await screen.findByText('A purge is running.')).toBeTruthy();
    expect(await part('purge_cdn').findByRole('progressbar')).toBeTruthy();
  });

  it('a reload in the middle finds it again by the log', async () => {
    log = [answers.line({ action: 'purge_cdn', outcome: 'started', operation_id: 'operation-1' })];
    now = answers.operation({ progress: 40 });
    open();
    const bar = await screen.findByRole<HTMLProgressElement>('progressbar', { name: 'Purge CDN: progress' });
    expect(bar.value).toBe(40);
    end({ status: 'failed', detail: 'The edge refused: 503.' });
    expect(await screen.findByText('CDN: failed')).toBeTruthy();
    expect(part('purge_cdn').getByText('The edge refused: 503.')).toBeTruthy();
  });

  it('an end that cannot be asked for is not made up: it says so, and goes on asking', async () => {
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Purge CDN' }));
    await user.keyboard('{Enter}');
    await screen.findByRole('progressbar');
    server.use(http.get('*/api/admin/operations/:id', () => HttpResponse.error()));
    const trouble = await screen.findByText(/Its state cannot be read/);
    expect(part('purge_cdn').getByText('At work')).toBeTruthy();
    server.use(http.get('*/api/admin/operations/:id', () => HttpResponse.json(now as never)));
    end({ status: 'done', detail: 'The CDN forgot 14 copies.' });
    await waitFor(() => expect(trouble.textContent).toBe('The CDN forgot 14 copies.'));
  });
});

describe('B6: flushing the cache', () => {
  it('what is refused says why, and can be tried again', async () => {
    const error = { code: 'unavailable', message: 'Redis does not answer.' };
    server.use(http.post('*/api/admin/flush-cache', () => HttpResponse.json({ error }, { status: 503 })));
    const { user } = open();
    await user.click(await screen.findByRole('button', { name: 'Flush cache' }));
    expect(screen.getByText(/their model calls cost again/)).toBeTruthy();
    await user.click(screen.getByRole('button', { name: 'Yes, flush cache' }));
    expect((await part('flush_cache').findByRole('alert')).textContent).toBe('Redis does not answer.');
    expect(screen.getByRole('button', { name: 'Flush cache' })).toBeTruthy();
  });
});

describe('the audit log', () => {
  it('who, what, to what, and how it ended; older lines when asked for', async () => {
    const older = answers.line({
      id: '9',
      action: 'grant_admin',
      target: 'mia@example.org',
      outcome: 'failed',
    });
    server.use(
      http.get('*/api/admin/audit', ({ request }) =>
        HttpResponse.json(
          (new URL(request.url).searchParams.get('cursor') === 'next'
            ? { entries: [older], next_cursor: null }
            : { entries: [answers.line()], next_cursor: 'next' }) as never,
        ),
      ),
    );
    const { user } = open();
    const line = (await screen.findByText('12 entries were removed.')).closest('li');
    expect(line?.textContent).toContain('Done');
    expect(line?.textContent).toContain('by admin@example.org');
    await user.click(screen.getByRole('button', { name: 'Older lines' }));
    const second = (await screen.findByText('mia@example.org')).closest('li');
    expect(second?.textContent).toContain('Make someone an admin');
    expect(second?.textContent).toContain('Failed');
    expect(screen.queryByRole('button', { name: 'Older lines' })).toBeNull();
  });

  it('nothing yet: says so', async () => {
    open();
    expect(await screen.findByText('No admin has done anything yet.')).toBeTruthy();
  });
});
