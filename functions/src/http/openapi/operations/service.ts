import type { Operation } from '../operation.ts';

const tag = 'Service';

/** Routes about the service itself. */
export const SERVICE: readonly Operation[] = [
  {
    method: 'get',
    path: '/health',
    tag,
    id: 'getHealth',
    summary: 'How the service is',
    description: 'What answers and what does not, within three seconds; for uptime checks.',
    for: 'anyone',
    answers: {
      200: { description: 'All is well.', schema: 'Health' },
      503: {
        description: 'The storage, the queue or the project’s own auth does not answer.',
        schema: 'Health',
      },
    },
  },
  {
    method: 'get',
    path: '/openapi.json',
    tag,
    id: 'getOpenApi',
    summary: 'This document',
    for: 'anyone',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: 'Json' } },
  },
  {
    method: 'get',
    path: '/docs',
    tag,
    id: 'getDocs',
    summary: 'A page on which to read and try the API',
    for: 'anyone',
    answers: { 200: { description: 'The page.', type: 'text/html' } },
  },
  {
    method: 'get',
    path: '/docs/:file',
    tag,
    id: 'getDocsFile',
    summary: 'A file of that page',
    for: 'anyone',
    answers: { 200: { description: 'A script, a style sheet or an icon.', type: '*/*' } },
    errors: ['not_found'],
  },
  {
    method: 'get',
    path: '/graphs',
    tag,
    id: 'listGraphs',
    summary: 'What can be run, and the model in use',
    for: 'user',
    answers: { 200: { description: 'The graphs.', schema: 'Graphs' } },
  },
  {
    method: 'get',
    path: '/library/*id',
    tag,
    id: 'getDocument',
    summary: 'A document that a run cited',
    description: 'The id of a source; it may hold slashes.',
    for: 'user',
    answers: { 200: { description: 'The document.', schema: 'Document' } },
    errors: ['not_found'],
  },
];
