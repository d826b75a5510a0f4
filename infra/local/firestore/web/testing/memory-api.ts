/**
 * A small Firestore in memory for tests of the transport: documents, collections without filters, rules, no durability. The
 * real engine has its own tests; what counts here is that the SDK and the wire understand each other.
 */
import { toStatus } from '../../engine/status.ts';
import type * as m from '../../engine/types.ts';
import { fakeApi } from './fake-api.ts';

interface Watcher {
  changed(names: readonly string[], time: m.Timestamp): void;
}

const LOOKUP = { get: () => undefined, getAfter: () => undefined };
const streamToken = (): Uint8Array => new TextEncoder().encode(String(Date.now()));

let lastMicros = 0;

/** Strictly increasing: the SDK takes no notice of a snapshot that is not newer than the last. */
function now(): m.Timestamp {
  lastMicros = Math.max(lastMicros + 1, Date.now() * 1000);
  return { seconds: String(Math.floor(lastMicros / 1_000_000)), nanos: (lastMicros % 1_000_000) * 1000 };
}

export function memoryApi(authorizer?: m.Authorizer): m.FirestoreApi {
  const documents = new Map<string, m.Document>();
  const watchers = new Set<Watcher>();

  function commit(writes: readonly m.Write[], caller: m.Caller): m.CommitResponse {
    const time = now();
    const names = writes.flatMap(({ update, delete: removed }) => update?.name ?? removed ?? []);
    for (const { update, delete: removed } of writes) {
      const name = update?.name ?? removed;
      if (name === undefined) continue;
      const before = documents.get(name);
      const method = update ? (before ? 'update' : 'create') : 'delete';
      const question = {
        method,
        name,
        before,
        after: update,
        batchSize: writes.length,
        time: Date.now() * 1000,
      } as const;
      if (caller.kind !== 'admin') authorizer?.write(caller, question, LOOKUP);
      if (update)
        documents.set(name, { ...update, createTime: before?.createTime ?? time, updateTime: time });
      else documents.delete(name);
    }
    for (const watcher of watchers) watcher.changed(names, time);
    return { writeResults: writes.map(() => ({ updateTime: time })), commitTime: time };
  }

  function judge(target: m.Target, caller: m.Caller): void {
    if (caller.kind === 'admin') return;
    const time = Date.now() * 1000;
    for (const name of target.documents?.documents ?? []) {
      authorizer?.get(caller, name, documents.get(name), time, LOOKUP);
    }
    const { parent = '', structuredQuery: query } = target.query ?? {};
    if (query) authorizer?.list(caller, { parent, query, time }, LOOKUP);
  }

  function covers(target: m.Target, name: string): boolean {
    if (target.documents) return target.documents.documents?.includes(name) === true;
    const [from] = target.query?.structuredQuery?.from ?? [];
    const collection = name.slice(0, name.lastIndexOf('/'));
    return from?.allDescendants
      ? collection.endsWith(`/${from.collectionId ?? ''}`)
      : collection === `${target.query?.parent ?? ''}/${from?.collectionId ?? ''}`;
  }

  function listen(caller: m.Caller, send: m.Send<m.ListenResponse>): m.ServerStream<m.ListenRequest> {
    const targets = new Map<number, m.Target>();
    const snapshot = (readTime: m.Timestamp): void =>
      send({
        targetChange: { targetChangeType: 'NO_CHANGE', targetIds: [], readTime, resumeToken: streamToken() },
      });
    const tell = (targetId: number, name: string, readTime: m.Timestamp): void => {
      const document = documents.get(name);
      if (document) send({ documentChange: { document, targetIds: [targetId], removedTargetIds: [] } });
      else send({ documentDelete: { document: name, readTime, removedTargetIds: [targetId] } });
    };
    const watcher: Watcher = {
      changed(names, time) {
        for (const [id, target] of targets)
          for (const name of names) if (covers(target, name)) tell(id, name, time);
        snapshot(time);
      },
    };
    watchers.add(watcher);
    const add = (target: m.Target, id: number): void => {
      const time = now();
      try {
        judge(target, caller);
      } catch (error) {
        const { code, message } = toStatus(error);
        send({ targetChange: { targetChangeType: 'REMOVE', targetIds: [id], cause: { code, message } } });
        return;
      }
      targets.set(id, target);
      send({ targetChange: { targetChangeType: 'ADD', targetIds: [id] } });
      const names = new Set([...documents.keys(), ...(target.documents?.documents ?? [])]);
      for (const name of names) if (covers(target, name)) tell(id, name, time);
      const state = { targetIds: [id], readTime: time, resumeToken: streamToken() };
      if (target.resumeToken) {
        const count = [...documents.keys()].filter((name) => covers(target, name)).length;
        send({ filter: { targetId: id, count } });
      }
      send({ targetChange: { targetChangeType: 'CURRENT', ...state } });
      snapshot(time);
    };
    return {
      receive({ addTarget, removeTarget }) {
        if (addTarget?.targetId !== undefined) add(addTarget, addTarget.targetId);
        if (removeTarget === undefined) return;
        targets.delete(removeTarget);
        send({ targetChange: { targetChangeType: 'REMOVE', targetIds: [removeTarget] } });
      },
      close: () => watchers.delete(watcher),
    };
  }

  return fakeApi({
    commit: async (request, caller) => Promise.resolve(commit(request.writes ?? [], caller)),
    async *batchGetDocuments({ documents: names = [] }, caller) {
      for (const name of names) {
        judge({ documents: { documents: [name] } }, caller);
        const found = documents.get(name);
        yield { ...(found ? { found } : { missing: name }), readTime: now() };
      }
    },
    async *runQuery({ parent = '', structuredQuery = {} }, caller) {
      const target = { query: { parent, structuredQuery } };
      judge(target, caller);
      for (const [name, document] of documents) if (covers(target, name)) yield { document, readTime: now() };
    },
    listen,
    write(caller, send, fail) {
      let greeted = false;
      return {
        receive({ writes = [] }) {
          try {
            const result = greeted ? commit(writes, caller) : { writeResults: [] };
            send({ streamToken: streamToken(), ...(greeted ? {} : { streamId: 's' }), ...result });
            greeted = true;
          } catch (error) {
            fail(error);
          }
        },
        close: () => undefined,
      };
    },
  });
}
