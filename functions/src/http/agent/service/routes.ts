import packageJson from '../../../../package.json' with { type: 'json' };
import { route, type Route } from '../route.ts';

/** What LangGraph's clients ask before anything else, without a credential. */
export function serviceRoutes(version: string): Route[] {
  return [
    route({
      method: 'get',
      path: '/ok',
      says: 'Whether the server answers.',
      acts: 'anyone',
      handle: async () => ({ ok: true }),
    }),
    route({
      method: 'get',
      path: '/info',
      says: 'What the server can do.',
      acts: 'anyone',
      handle: async () => ({
        version,
        langgraph_js_version: packageJson.dependencies['@langchain/langgraph'],
        context: 'js',
        flags: { assistants: true, crons: true, langsmith: false, langsmith_tracing_replicas: false },
      }),
    }),
  ];
}
