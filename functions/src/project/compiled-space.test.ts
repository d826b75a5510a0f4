import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'compiled-'));
  const files = {
    'node_modules/both/package.json':
      '{"name":"both","exports":{"import":"./index.mjs","require":"./index.cjs"}}',
    'node_modules/both/index.mjs': 'export const copy = { of: "import" };',
    'node_modules/both/index.cjs': 'exports.copy = { of: "require" };',
    'a b/agent.mjs': 'export { copy } from "both";',
    'a b/agent.cjs': 'exports.copy = require("both").copy;',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

// In Node itself: the tests have a loader of their own.
test.each([
  ['agent.mjs', 'import'],
  ['agent.cjs', 'require'],
])('%s and what is asked for in its name are given the same copy of a package', (name, kind) => {
  const space = fileURLToPath(new URL('./compiled-space.ts', import.meta.url));
  const script = `
    const { ModuleSpace } = await import(${JSON.stringify(space)});
    const file = ${JSON.stringify(join(folder, 'a b', name))};
    const space = await ModuleSpace.open();
    const own = await space.import(file);
    const { copy } = await space.importFrom(file, 'both');
    console.log(copy.of, own.copy === copy);`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  expect(stdout.trim(), stderr).toBe(`${kind} true`);
});
