import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openLibrary, type Library } from './library.ts';
import { Manifests } from './package-docs.ts';
import { stem, terms } from './terms.ts';

let folder = '';
let library: Library;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  const docs = join(folder, 'docs');
  await mkdir(join(docs, 'a b'), { recursive: true });
  await writeFile(
    join(docs, 'a b', 'queue.md'),
    '# Queue guide\n\nIntro.\n\n## Cancelling\n\nCall **remove** on a [ticket](https://x.test) to cancel it.\n\n```js\n# not a heading\n```\n',
  );
  await writeFile(join(docs, 'copy.md'), 'Only once: zebra.');
  await writeFile(join(docs, 'copy-2.md'), 'Only once: zebra.');
  await writeFile(join(docs, 'notes.txt'), 'First paragraph about walnuts.\n\nSecond paragraph.');
  await writeFile(
    join(docs, 'page.html'),
    '<title>Teapots</title><script>secretword()</script><h2>Pouring</h2><p>Pour <b>slowly</b>.</p><pre>a\n b</pre>',
  );
  await writeFile(join(docs, 'paper.pdf'), pdf('Turbines spin quickly'));
  await writeFile(join(docs, 'broken.pdf'), 'not a pdf');
  await writeFile(join(docs, 'binary.txt'), Buffer.from([0, 1, 2]));
  await writeFile(join(docs, 'huge.md'), 'x'.repeat(600_000));
  await writeFile(join(folder, 'secret.md'), 'outside: passphrase');
  await symlink(join(folder, 'secret.md'), join(docs, 'link.md'));
  await symlink(folder, join(docs, 'up'));
  library = await openLibrary({ dir: docs });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a folder of documents', () => {
  test('markdown -> passages under headings, in plain words, addressed by document and number', async () => {
    const [hit] = await library.search('how to cancel');
    expect(hit).toMatchObject({
      document: 'a b/queue.md',
      title: 'Queue guide',
      heading: 'Cancelling',
      n: 2,
      url: '/library/a%20b/queue.md#p2',
    });
    expect(hit?.text).toBe('Call remove on a ticket to cancel it.\n\n```js\n# not a heading\n```');
    const document = await library.document('a b/queue.md');
    expect(document?.passages.map(({ n, heading }) => [n, heading])).toEqual([
      [1, 'Queue guide'],
      [2, 'Cancelling'],
    ]);
  });

  test('html -> headings, text and code, without scripts', async () => {
    expect(await library.document('page.html')).toMatchObject({
      title: 'Teapots',
      format: 'html',
      passages: [{ n: 1, heading: 'Pouring', text: 'Pour slowly.\n\na\n b' }],
    });
    expect(await library.search('secretword')).toEqual([]);
  });

  test('pdf -> a passage for each page', async () => {
    expect((await library.search('turbine'))[0]).toMatchObject({ document: 'paper.pdf', heading: 'Page 1' });
  });

  test('text -> found; a copy of a document is there once', async () => {
    expect((await library.search('walnut'))[0]?.document).toBe('notes.txt');
    expect((await library.search('zebra')).map((hit) => hit.document)).toEqual(['copy-2.md']);
  });

  test('what is broken, binary, too large or a link is reported and does not stop the rest', () => {
    expect(library.problems.map(({ id }) => id).sort()).toEqual([
      'binary.txt',
      'broken.pdf',
      'huge.md',
      'link.md',
    ]);
  });

  test('nothing outside the folder can be had', async () => {
    expect(await library.search('passphrase')).toEqual([]);
    for (const id of ['../secret.md', 'link.md', 'up/secret.md', '/etc/passwd', '__proto__']) {
      expect(await library.document(id)).toBeUndefined();
    }
  });

  test('a document says by its first words what it is about; a rare word tells more than a frequent one', async () => {
    const { about, rarity } = await library.facts(['notes.txt', 'nowhere.md'], ['unheard', 'zebra']);
    expect(about.get('notes.txt')).toMatch(/^First paragraph about walnuts/);
    expect(about.get('nowhere.md')).toBe('');
    expect(rarity.get('unheard')).toBeGreaterThan(rarity.get('zebra') ?? Infinity);
    expect(rarity.get('zebra')).toBeGreaterThan(0);
  });

  test('a query of noise is no error; the limit is kept', async () => {
    expect(await library.search('')).toEqual([]);
    expect(await library.search('the of and')).toEqual([]);
    expect(await library.search('('.repeat(100_000))).toEqual([]);
    expect(await library.search('paragraph cancel walnut', { limit: 1 })).toHaveLength(1);
  });

  test('a folder that is not there is an error', async () => {
    await expect(openLibrary({ dir: join(folder, 'missing') })).rejects.toThrow(/ENOENT/);
  });
});

describe('documentation of packages', () => {
  const put = async (id: string, manifest: string) => {
    const root = join(folder, 'packages', id);
    await mkdir(root, { recursive: true });
    await writeFile(join(root, 'package.json'), manifest);
    return { id: `${id}/README.md`, path: join(root, 'README.md') };
  };

  test('of several versions the newest, wherever it is installed', async () => {
    const files = [
      await put('a/node_modules/queue', '{"version":"10.0.0"}'),
      await put('queue', '{"version":"9.3.1"}'),
      await put('@scope/queue', '{"version":"1.0.0"}'),
    ];
    expect((await new Manifests().newest(files)).map(({ id }) => id)).toEqual([
      'a/node_modules/queue/README.md',
      '@scope/queue/README.md',
    ]);
  });

  test('the manifest says what it is about; a broken one says nothing', async () => {
    const manifests = new Manifests();
    const good = await put(
      'good',
      '{"description":"Queues tasks.","keywords":["queue","limit"],"version":1}',
    );
    expect(await manifests.description(good)).toBe('Queues tasks. queue, limit');
    for (const text of ['no json', '[]', 'null', '{"description":{},"keywords":"x"}'])
      expect(await manifests.description(await put(`broken-${text.length}`, text))).toBe('');
  });
});

describe('terms', () => {
  test('forms of a word are one term', () => {
    const forms = ['cancel', 'cancels', 'cancelled', 'canceling', 'Cancellation'];
    expect(new Set(forms.map(stem))).toEqual(new Set(['cancel']));
    expect(stem('caching')).toBe(stem('cache'));
    expect(stem('retries')).toBe(stem('retry'));
    expect(new Set(['validate', 'validates', 'validating', 'validation', 'validator'].map(stem)).size).toBe(
      1,
    );
    expect(stem('encodings')).toBe(stem('encode'));
    expect(stem('states')).toBe(stem('state'));
    expect(stem('dates')).toBe(stem('date'));
  });

  test('names in code are found by their parts', () => {
    expect(terms('the deleteTask()')).toEqual(expect.arrayContaining(['delet', 'task']));
  });
});

/** The smallest PDF that shows a line of text. */
function pdf(text: string): string {
  const content = `BT /F1 12 Tf 20 100 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let body = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = body.length;
    body += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  return `${body}xref\n0 6\n0000000000 65535 f \n${table}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`;
}
