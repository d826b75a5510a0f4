import { act, screen, waitFor, within } from '@testing-library/react';
import type { ApiKeyInfo, ApiKeyList, MakeApiKey } from '@longrun/shared';
import { http, HttpResponse } from 'msw';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { renderApp } from '../testing/render-app.tsx';
import { server } from '../testing/server.ts';

const DAY_MS = 86_400_000;
const daysFromNow = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();
const KEY = `lr_${'k'.repeat(43)}`;

let keys: ApiKeyInfo[] = [];
let mayMake = true;
let wanted: MakeApiKey[] = [];

function aKey(change: Partial<ApiKeyInfo> & { id: string }): ApiKeyInfo {
  return {
    name: change.id,
    hint: 'lr_abcd…',
    created_at: daysFromNow(-2 / 24),
    expires_at: null,
    revoked_at: null,
    last_used_at: null,
    ...change,
  };
}

const refuse = (status: number, code: string, message: string) =>
  HttpResponse.json({ error: { code, message } }, { status });

beforeEach(() => {
  keys = [];
  mayMake = true;
  wanted = [];
  server.use(
    http.get('*/api/keys', () => {
      const list: ApiKeyList = { keys, may_make: mayMake };
      return HttpResponse.json({ ...list });
    }),
    http.post('*/api/keys', async ({ request }) => {
      const body = (await request.json()) as MakeApiKey;
      wanted.push(body);
      const made = aKey({ id: `made${wanted.length}`, name: body.name });
      keys = [made, ...keys];
      return HttpResponse.json({ ...made, key: KEY }, { status: 201 });
    }),
    http.delete('*/api/keys/:id', ({ params }) => {
      keys = keys.map((key) => (key.id === params['id'] ? { ...key, revoked_at: daysFromNow(0) } : key));
      return new HttpResponse(null, { status: 204 });
    }),
  );
});
afterEach(() => {
  vi.restoreAllMocks();
});

const rowOf = (name: string) => {
  const row = screen.getByText(name).closest('li');
  if (row === null) throw new Error(`There is no row of ${name}.`);
  return row;
};
const nameField = () => screen.findByRole('textbox', { name: 'Name' });

it('is opened from the account', async () => {
  const { user } = renderApp('/');
  await user.click(screen.getByRole('link', { name: 'API keys', hidden: true }));
  expect(await screen.findByRole('heading', { name: 'API keys' })).toBeTruthy();
});

describe('the list', () => {
  it('says of each key what it is, by a server whose clock is ahead, and of one that ended how', async () => {
    keys = [
      aKey({ id: 'laptop', expires_at: daysFromNow(30), last_used_at: daysFromNow(1 / 24) }),
      aKey({ id: 'server' }),
      aKey({ id: 'old', expires_at: daysFromNow(-1.5) }),
      aKey({ id: 'lost', revoked_at: daysFromNow(-4 / 24), expires_at: daysFromNow(-1) }),
    ];
    renderApp('/keys');
    await screen.findByText('laptop');
    const said = (name: string) => rowOf(name).textContent;
    expect(said('laptop')).toMatch(/^Active.*lr_abcd….*Made 2 h ago.*Ends in 30 days.*Last used just now/);
    expect(said('server')).toMatch(/^Active.*Never ends.*Never used/);
    expect(said('old')).toMatch(/^Expired.*Ended yesterday/);
    expect(said('lost')).toMatch(/^Revoked.*Revoked 4 h ago/);
    const buttons = screen.getAllByRole('button', { name: /^Revoke/ });
    expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([
      'Revoke laptop',
      'Revoke server',
    ]);
  });

  it('without a key -> says what appears there', async () => {
    renderApp('/keys');
    expect(await screen.findByText(/You have no key yet/)).toBeTruthy();
  });

  it('that cannot be read -> says why, and is read again when asked', async () => {
    server.use(
      http.get('*/api/keys', () => refuse(503, 'unavailable', 'The store is away.'), { once: true }),
    );
    keys = [aKey({ id: 'laptop' })];
    const { user } = renderApp('/keys');
    expect((await screen.findByRole('alert')).textContent).toContain(
      'This cannot be read: The store is away.',
    );
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('laptop')).toBeTruthy();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('that was not reached -> read as soon as the connection is back', async () => {
    server.use(http.get('*/api/keys', () => HttpResponse.error(), { once: true }));
    keys = [aKey({ id: 'laptop' })];
    const { services } = renderApp('/keys');
    await screen.findByText(/Longrun cannot be reached right now/);
    act(() => {
      services.connection.state.set({ kind: 'trying' });
      services.connection.state.set({ kind: 'ok' });
    });
    expect(await screen.findByText('laptop')).toBeTruthy();
  });
});

describe('a new key', () => {
  it('is shown once, with a button that copies it, and is in the list', async () => {
    const { user } = renderApp('/keys');
    const write = vi.spyOn(navigator.clipboard, 'writeText');
    await user.type(await nameField(), ' laptop {Enter}');
    expect(await screen.findByText(KEY)).toBeTruthy();
    expect(document.activeElement?.textContent).toMatch(/is made. Copy its key now: it is not shown again/);
    expect(wanted).toEqual([{ name: ' laptop ', expires_in_days: 90 }]);
    await user.click(screen.getByRole('button', { name: 'Copy key' }));
    expect(write).toHaveBeenCalledWith(KEY);
    await user.click(screen.getByRole('button', { name: 'I have it' }));
    expect(screen.queryByText(KEY)).toBeNull();
    expect(document.activeElement).toBe(await nameField());
    expect(within(await screen.findByRole('list')).getByText('laptop')).toBeTruthy();
  });

  it.each([
    ['in 30 days', 30],
    ['in a year', 365],
    ['never', null],
  ])('that ends %s -> asked for so', async (words, days) => {
    const { user } = renderApp('/keys');
    await user.type(await nameField(), 'laptop');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Ends' }), words);
    await user.click(screen.getByRole('button', { name: 'Make key' }));
    await screen.findByText(KEY);
    expect(wanted).toEqual([{ name: 'laptop', expires_in_days: days }]);
  });

  it.each(['', '   '])('with the name %j -> not asked for', async (name) => {
    const { user } = renderApp('/keys');
    const field = await nameField();
    if (name !== '') await user.type(field, name);
    await user.click(screen.getByRole('button', { name: 'Make key' }));
    expect((field as HTMLInputElement).validity.valid).toBe(false);
    expect(wanted).toEqual([]);
  });

  it('that is refused -> in the words of the API, and what was typed stays', async () => {
    server.use(
      http.post('*/api/keys', () => refuse(422, 'limit_exceeded', 'There can be 50 keys of one user.')),
    );
    const { user } = renderApp('/keys');
    await user.type(await nameField(), 'one more{Enter}');
    expect((await screen.findByRole('alert')).textContent).toBe(
      'Not made: There can be 50 keys of one user.',
    );
    expect(((await nameField()) as HTMLInputElement).value).toBe('one more');
  });

  it('whose answer did not come -> what to look for, and the list is read again', async () => {
    const { user } = renderApp('/keys');
    await screen.findByText(/You have no key yet/);
    server.use(
      http.post('*/api/keys', () => {
        keys = [aKey({ id: 'laptop' })];
        return HttpResponse.error();
      }),
    );
    await user.type(await nameField(), 'laptop{Enter}');
    expect((await screen.findByRole('alert')).textContent).toMatch(/No answer came.* revoke it/);
    expect(within(await screen.findByRole('list')).getByText('laptop')).toBeTruthy();
  });

  it('is used with the address of this page', async () => {
    renderApp('/keys');
    const lines = await screen.findByText(/new Client/);
    expect(lines.textContent).toContain(`apiUrl: '${location.origin}/api', apiKey: 'lr_…'`);
  });
});

describe('revoking', () => {
  const ask = async () => {
    keys = [aKey({ id: 'laptop' }), aKey({ id: 'server' })];
    const app = renderApp('/keys');
    await app.user.click(await screen.findByRole('button', { name: 'Revoke laptop' }));
    return app;
  };

  it('asks first, with what follows from it; an escape takes it back', async () => {
    const { user } = await ask();
    const question = screen.getByRole('group', { name: 'Revoke “laptop”?' });
    expect(question.textContent).toContain('Runs that they started go on.');
    await user.keyboard('{Escape}');
    await waitFor(() => expect(document.activeElement?.textContent).toBe('Revoke'));
    expect(keys.map(({ revoked_at }) => revoked_at)).toEqual([null, null]);
  });

  it('-> revoked in its place, said, and the focus stays in the row', async () => {
    const { user } = await ask();
    await user.click(screen.getByRole('button', { name: 'Yes, revoke' }));
    await waitFor(() => expect(rowOf('laptop').textContent).toMatch(/^Revoked/));
    expect(document.activeElement).toBe(screen.getByText('laptop'));
    expect(await screen.findByText(/Within half a minute nobody gets in with “laptop”/)).toBeTruthy();
    expect(within(rowOf('laptop')).queryByRole('button')).toBeNull();
    expect(rowOf('server').textContent).toMatch(/^Active/);
    await waitFor(() => expect(rowOf('laptop').textContent).toContain('Revoked just now'));
  });

  it('that fails -> said in the row, and it can be tried again', async () => {
    const { user } = await ask();
    server.use(http.delete('*/api/keys/:id', () => HttpResponse.error(), { once: true }));
    await user.click(screen.getByRole('button', { name: 'Yes, revoke' }));
    expect((await within(rowOf('laptop')).findByRole('alert')).textContent).toBe(
      'Not revoked: Longrun cannot be reached right now.',
    );
    await user.click(screen.getByRole('button', { name: 'Revoke laptop' }));
    await user.click(screen.getByRole('button', { name: 'Yes, revoke' }));
    await waitFor(() => expect(rowOf('laptop').textContent).toMatch(/^Revoked/));
    expect(within(rowOf('laptop')).queryByRole('alert')).toBeNull();
  });
});

describe('who has signed in without a name', () => {
  it('where they make keys -> told that this browser alone can revoke them', async () => {
    const { services } = renderApp('/keys');
    expect(await screen.findByText(/revoke it in this browser only/)).toBeTruthy();
    act(() => services.person.set({ uid: 'u', anonymous: false, email: 'a@example.org', admin: false }));
    expect(screen.queryByText(/revoke it in this browser only/)).toBeNull();
  });

  it('where they make none -> told what to do; once they have an account, they make one', async () => {
    mayMake = false;
    const { services, user } = renderApp('/keys');
    const open = await screen.findByRole('button', { name: 'Open your account' });
    expect(document.getElementById(open.getAttribute('popovertarget') ?? '')?.className).toBe('panel');
    expect(screen.queryByRole('textbox', { name: 'Name' })).toBeNull();
    mayMake = true;
    act(() => services.person.set({ uid: 'u', anonymous: false, email: 'a@example.org', admin: false }));
    await user.type(await nameField(), 'laptop{Enter}');
    expect(await screen.findByText(KEY)).toBeTruthy();
  });
});
