import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { copyDatabase } from './copy.ts';
import type { Source } from './make.ts';

/**
 * Of a database that a server owns: only that server can read it, so it is asked. `url` as in `http://127.0.0.1:8080`; `token`: an
 * administrator's. */
export function servedSource(name: string, url: string, token: string): Source {
  return {
    name,
    copy: async (to) => {
      const at = `${url}/_/backup?into=${basename(dirname(to))}`;
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(at, { method: 'POST', headers }).catch((error: unknown) => {
        throw new Error(`${name} cannot be copied: ${url} does not answer.`, { cause: error });
      });
      if (!response.ok) throw new Error(`${name} cannot be copied: ${await response.text()}`);
    },
  };
}

/** Of databases that no server has open. */
export function restingSources(folder: string, names: readonly string[]): Source[] {
  return names.map((name) => ({
    name,
    copy: async (to) => {
      const file = join(folder, name);
      if (!existsSync(file)) throw new Error(`${file} is missing.`);
      const db = new DatabaseSync(file);
      try {
        await copyDatabase(db, to);
      } finally {
        db.close();
      }
    },
  }));
}
