import type { AuthEntry } from '../../project/auth-entry.ts';
import { exportsOf } from '../../project/export.ts';
import type { Exports } from '../../project/module-space.ts';

type Handler = (given: unknown) => unknown;

/** What the module registered with `Auth` of LangGraph's SDK. */
export interface Handlers {
  authenticate: Handler;
  /** The most specific handler; undefined: there is none. */
  on(resource: string, action: string): Handler | undefined;
}

/** Where an `Auth` keeps them; its class is the project's own copy. */
const KEPT = '~handlerCache';

/** Throws with what is missing. */
export function handlersOf(module: Exports, { exportName }: Pick<AuthEntry, 'exportName'>): Handlers {
  const auth = exportsOf(module)[exportName];
  if (auth === undefined) throw new Error(`there is no export "${exportName}".`);
  const kept = own(auth, KEPT);
  if (kept === undefined) {
    throw new Error(`"${exportName}" is no Auth of @langchain/langgraph-sdk/auth.`);
  }
  const authenticate = own(kept, 'authenticate');
  if (!isHandler(authenticate)) {
    throw new Error(`"${exportName}" has no handler for authenticate, so nobody could be known.`);
  }
  const find = (event: string): Handler | undefined => {
    const found = own(own(kept, 'callbacks'), event);
    return isHandler(found) ? found : undefined;
  };
  return {
    authenticate,
    on: (resource, action) =>
      find(`${resource}:${action}`) ?? find(resource) ?? find(`*:${action}`) ?? find('*'),
  };
}

function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

const isHandler = (value: unknown): value is Handler => typeof value === 'function';
