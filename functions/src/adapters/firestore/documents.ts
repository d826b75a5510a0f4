import {
  AggregateField,
  FieldPath,
  FieldValue,
  type DocumentSnapshot,
  type Firestore,
  type QuerySnapshot,
  type WriteBatch,
} from '@google-cloud/firestore';
import type { DocumentWrite, Documents, Unsubscribe } from '../../ports/documents.ts';
import { ownListener } from '../own-listener.ts';
import { checkPath, checkQuery, checkWrites, InvalidCall } from '../validate.ts';
import { commitError } from './conflict.ts';
import { fromVersion, outgoing, toFirestore, toStored } from './convert.ts';
import { withDeadline } from './deadline.ts';
import { toQuery } from './query.ts';
import { isStaleRead, storageError } from './storage-error.ts';

/** Documents in Firestore, or in whatever server speaks its protocol; `db` stays the caller's to terminate. */
export function firestoreDocuments(db: Firestore): Documents {
  return {
    async get(paths) {
      for (const path of paths) checkPath(path, 'document');
      if (paths.length === 0) return [];
      const found = await call('get', () => db.getAll(...paths.map((path) => db.doc(path))));
      return found.map(toStored);
    },

    async query(query) {
      checkQuery(query);
      const found = await call('query', () => toQuery(db, query).get());
      return found.docs.map(toStored).filter((document) => document !== undefined);
    },

    async count(query) {
      checkQuery(query);
      const counted = await call('count', () => toQuery(db, query).count().get());
      return counted.data().count;
    },

    async sum(query, field) {
      checkQuery(query);
      const aggregate = { sum: AggregateField.sum(new FieldPath(field)) };
      const summed = await call('sum', () => toQuery(db, query).aggregate(aggregate).get());
      return summed.data().sum;
    },

    async commit(writes) {
      checkWrites(writes);
      if (writes.length === 0) return;
      const batch = db.batch();
      for (const write of writes) addWrite(db, batch, write);
      try {
        await withDeadline('commit', batch.commit());
      } catch (error) {
        throw storageError(commitError(error));
      }
    },

    watch(path, onChange, onError) {
      checkPath(path, 'document');
      return listen<DocumentSnapshot>(
        (next, failed) => db.doc(path).onSnapshot(next, failed),
        (snapshot) => onChange(toStored(snapshot)),
        onError,
      );
    },

    watchQuery(query, onChange, onError) {
      checkQuery(query);
      if (query.select !== undefined) throw new InvalidCall('A watched query returns whole documents.');
      let first = true;
      return listen<QuerySnapshot>(
        (next, failed) => toQuery(db, query).onSnapshot(next, failed),
        (snapshot) => {
          const changed = snapshot
            .docChanges()
            .filter(({ type }) => type !== 'removed')
            .map(({ doc }) => toStored(doc))
            .filter((document) => document !== undefined);
          if (first || changed.length > 0) onChange(changed);
          first = false;
        },
        onError,
      );
    },
  };
}

function listen<T>(
  start: (next: (snapshot: T) => void, failed: (error: Error) => void) => Unsubscribe,
  onChange: (snapshot: T) => void,
  onError: (error: Error) => void,
): Unsubscribe {
  // The client calls back later, never while it subscribes.
  const { change, fail } = ownListener(onChange, onError, () => unsubscribe());
  const unsubscribe = start(change, fail);
  return unsubscribe;
}

/** A read, made once more when all that is wrong is that the client asks for a past that is gone. */
async function call<T>(what: string, read: () => Promise<T>): Promise<T> {
  const once = async () => {
    try {
      return await withDeadline(what, read());
    } catch (error) {
      throw storageError(error);
    }
  };
  try {
    return await once();
  } catch (error) {
    if (!isStaleRead(error)) throw error;
    return await once();
  }
}

/** Names are wrapped as FieldPaths: as plain strings the client would split them at their dots. */
function addWrite(db: Firestore, batch: WriteBatch, write: DocumentWrite): void {
  const document = db.doc(write.path);
  switch (write.op) {
    case 'create':
      batch.create(document, toFirestore(write.fields));
      break;
    case 'set':
      batch.set(document, toFirestore(write.fields));
      break;
    case 'merge':
      batch.set(document, toFirestore(write.fields), {
        mergeFields: Object.keys(write.fields).map((name) => new FieldPath(name)),
      });
      break;
    case 'increment': {
      const sums = Object.entries(write.by).map(([name, more]) => [name, FieldValue.increment(more)]);
      batch.set(
        document,
        { ...toFirestore(write.fields), ...Object.fromEntries(sums) },
        {
          mergeFields: [...Object.keys(write.fields), ...Object.keys(write.by)].map(
            (name) => new FieldPath(name),
          ),
        },
      );
      break;
    }
    case 'update': {
      const [first, ...rest] = Object.entries(write.fields).map(
        ([name, value]) => [new FieldPath(name), outgoing(value)] as const,
      );
      if (first === undefined) throw new InvalidCall(`An update of ${write.path} names no field.`);
      const condition = write.version === undefined ? [] : [{ lastUpdateTime: fromVersion(write.version) }];
      batch.update(document, ...first, ...rest.flat(), ...condition);
      break;
    }
    case 'delete':
      batch.delete(
        document,
        write.version === undefined ? {} : { lastUpdateTime: fromVersion(write.version) },
      );
      break;
  }
}
