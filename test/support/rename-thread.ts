import type { Addresses } from './stack.ts';

/** Writes as an administrator would, without the functions: what the page then shows, it has found out by itself. */
export async function renameThread(at: Addresses, uid: string, thread: string, title: string): Promise<void> {
  const documents = `projects/${at.project}/databases/(default)/documents`;
  const update = {
    name: `${documents}/users/${uid}/threads/${thread}`,
    fields: { title: { stringValue: title } },
  };
  const response = await fetch(`${at.firestore}/v1/${documents}:commit`, {
    method: 'POST',
    headers: { authorization: at.administrator, 'content-type': 'application/json' },
    body: JSON.stringify({ writes: [{ update, updateMask: { fieldPaths: ['title'] } }] }),
  });
  if (!response.ok) throw new Error(`The thread was not renamed: ${await response.text()}`);
}
