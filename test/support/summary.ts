import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

const RESULTS = fileURLToPath(new URL('../results/failed/', import.meta.url));
const FAILURES = join(RESULTS, 'failures.log');

/** The last lines of a test run: what passed and how long it took, or what failed and where its log is. */
export class Summary implements Reporter {
  #began = 0;

  onTestRunStart(): void {
    this.#began = performance.now();
    rmSync(RESULTS, { recursive: true, force: true });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const minutes = ((performance.now() - this.#began) / 60_000).toFixed(1);
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const skipped = count('skipped') === 0 ? '' : `, ${count('skipped')} were skipped`;
    const failures = [
      ...modules.flatMap(failuresOf),
      ...unhandled.map((error) => `An error outside of any test:\n${errorText(error)}`),
    ];
    if (failures.length === 0) {
      process.stdout.write(
        `${count('passed')} tests in ${modules.length} files passed${skipped}; it took ${minutes} minutes.\n`,
      );
      return;
    }
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(FAILURES, stripVTControlCharacters(failures.join('\n\n')));
    process.stderr.write(
      `${count('failed')} tests failed, ${count('passed')} passed${skipped}; it took ${minutes} minutes. ` +
        `Each failure, with all that was printed: ${relative(process.cwd(), FAILURES)}\n`,
    );
  }
}

function failuresOf(module: TestModule): string[] {
  const file = module.relativeModuleId;
  const [suites, tests] = [module.children.allSuites(), module.children.allTests('failed')];
  return [
    ...module.errors().map((error) => `${file}\n${errorText(error)}`),
    ...[...suites].flatMap((suite) =>
      suite.errors().map((error) => `${file} > ${suite.fullName}\n${errorText(error)}`),
    ),
    ...[...tests].map((test) =>
      [
        `${file} > ${test.fullName}`,
        ...(test.result().errors ?? []).map(errorText),
        'It printed:',
        ...test.logs().map(({ content }) => content.trimEnd()),
      ].join('\n'),
    ),
  ];
}

function errorText({ name, message, stack, diff }: Partial<SerializedError>): string {
  return [stack ?? `${name}: ${message}`, ...(diff === undefined ? [] : [diff])].join('\n');
}
