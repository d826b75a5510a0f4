/** Query parameters as JSON: `mask.fieldPaths=a&mask.fieldPaths=b&currentDocument.exists=true`. */

/** What Google's front end takes itself: https://cloud.google.com/apis/docs/system-parameters */
const SYSTEM = new Set(
  'key alt prettyPrint access_token fields quotaUser callback oauth_token uploadType upload_protocol'.split(
    ' ',
  ),
);
const LISTS = new Set(['fieldPaths']);
const TEXT = new Set(['name', 'documentId', 'pageToken', 'orderBy', 'transaction', 'readTime', 'updateTime']);

type Tree = { [name: string]: string | boolean | string[] | Tree };

export function queryParameters(parameters: URLSearchParams): Readonly<Record<string, unknown>> {
  const root: Tree = Object.create(null);
  for (const key of new Set(parameters.keys())) {
    if (SYSTEM.has(key) || key.startsWith('$')) continue;
    const names = key.split('.');
    const last = names.pop() ?? '';
    const parent = names.reduce<Tree>((at, name) => {
      const next = at[name];
      if (typeof next === 'object' && !Array.isArray(next)) return next;
      const made: Tree = Object.create(null);
      at[name] = made;
      return made;
    }, root);
    const values = parameters.getAll(key);
    parent[last] = LISTS.has(last) ? values : scalar(last, values.at(-1) ?? '');
  }
  return root;
}

const scalar = (name: string, text: string): string | boolean =>
  !TEXT.has(name) && (text === 'true' || text === 'false') ? text === 'true' : text;
