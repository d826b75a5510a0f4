import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { expect, it } from 'vitest';
import { renderApp } from '../testing/render-app.tsx';
import { server } from '../testing/server.ts';

it('a source opens whatever its name holds', async () => {
  const asked: string[] = [];
  server.use(
    http.get('*/api/library/*', ({ request }) => {
      asked.push(new URL(request.url).pathname);
      const passages = [{ n: 7, text: 'What was quoted.' }];
      return HttpResponse.json({ id: 'x', title: 'Read me', text: '', format: 'md', passages });
    }),
  );
  renderApp('/library/%40scope/a%20b/50%25.md#p7');
  expect(await screen.findByRole('heading', { name: 'Read me' })).toBeTruthy();
  expect(asked).toEqual(['/api/library/%40scope/a%20b/50%25.md']);
  await waitFor(() => expect(document.getElementById('p7')?.className).toContain('aimed'));
});
