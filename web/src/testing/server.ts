import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

const GRAPH = {
  id: 'research',
  title: 'Research',
  description: 'Answers with citations.',
  examples: ['How do I cancel a task?'],
  steps: { write: 'Answer' },
  uses_model: true,
};

/** The API as the page meets it; a test replaces what it is about. */
export const server = setupServer(
  http.get('*/api/graphs', () => HttpResponse.json({ graphs: [GRAPH], model: 'extractive' })),
);
