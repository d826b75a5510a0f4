import { describe, expect, test } from 'vitest';
import { pruneLock, type LockedPackages } from './lock-tree.ts';

const prune = (packages: LockedPackages, ...names: string[]) =>
  pruneLock(packages, [{ from: 'functions', names }]);

describe('a lockfile of just what is imported', () => {
  test('an imported package comes with what it needs, and nothing else', () => {
    const made = prune(
      {
        'node_modules/a': { version: '1.0.0', integrity: 'sha', dependencies: { b: '^1' } },
        'node_modules/b': { version: '1.2.0' },
        'node_modules/c': { version: '3.0.0' },
      },
      'a',
    );
    expect(made).toEqual({
      'node_modules/a': { version: '1.0.0', integrity: 'sha', dependencies: { b: '^1' } },
      'node_modules/b': { version: '1.2.0' },
    });
  });

  test('two versions of one package: each where those find it who need it', () => {
    const made = prune(
      {
        'node_modules/a': { version: '1.0.0', dependencies: { c: '^1' } },
        'node_modules/a/node_modules/c': { version: '1.0.0' },
        'node_modules/b': { version: '1.0.0', dependencies: { c: '^2', d: '*' } },
        'node_modules/c': { version: '2.0.0' },
        'node_modules/d': { version: '1.0.0', dependencies: { c: '^1' } },
        'node_modules/d/node_modules/c': { version: '1.1.0' },
      },
      'a',
      'b',
    );
    expect(made['node_modules/c']?.version).toBe('1.0.0');
    expect(made['node_modules/b/node_modules/c']?.version).toBe('2.0.0');
    expect(made['node_modules/d/node_modules/c']?.version).toBe('1.1.0');
    expect(made['node_modules/a/node_modules/c']).toBeUndefined();
  });

  test('the version that the workspace has of its own is the one at the top', () => {
    const made = prune(
      { 'functions/node_modules/a': { version: '2.0.0' }, 'node_modules/a': { version: '1.0.0' } },
      'a',
    );
    expect(made).toEqual({ 'node_modules/a': { version: '2.0.0' } });
  });

  test('circles end', () => {
    const made = prune(
      {
        'node_modules/a': { version: '1.0.0', dependencies: { b: '*' } },
        'node_modules/b': { version: '1.0.0', dependencies: { a: '*' } },
      },
      'a',
    );
    expect(Object.keys(made)).toEqual(['node_modules/a', 'node_modules/b']);
  });

  test('peers are installed unless they are optional; optional packages may be missing, and are marked', () => {
    const made = prune(
      {
        'node_modules/a': {
          version: '1.0.0',
          peerDependencies: { peer: '*', never: '*' },
          peerDependenciesMeta: { never: { optional: true } },
          dependencies: { native: '*', 'other-machine': '*' },
          optionalDependencies: { native: '*', 'other-machine': '*' },
        },
        'node_modules/never': { version: '1.0.0' },
        'node_modules/peer': { version: '1.0.0', peer: true },
        'node_modules/native': { version: '1.0.0', os: ['linux'], dependencies: { helper: '*' } },
        'node_modules/helper': { version: '1.0.0', dev: true },
      },
      'a',
    );
    expect(made).toEqual({
      'node_modules/a': expect.objectContaining({ version: '1.0.0' }),
      'node_modules/helper': { version: '1.0.0', optional: true },
      'node_modules/native': {
        version: '1.0.0',
        os: ['linux'],
        dependencies: { helper: '*' },
        optional: true,
      },
      'node_modules/peer': { version: '1.0.0' },
    });
  });

  test('no address of a registry is kept', () => {
    const made = prune(
      { 'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' } },
      'a',
    );
    expect(made['node_modules/a']).toEqual({ version: '1.0.0' });
  });

  test('several parts of a workspace: what each asks for; two versions of one package are refused by name', () => {
    const packages: LockedPackages = {
      'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' },
      'node_modules/b': { version: '1.0.0' },
      'tools/node_modules/b': { version: '2.0.0' },
    };
    const asked = [
      { from: 'agent', names: ['a'] },
      { from: 'tools', names: ['b'] },
    ];
    expect(pruneLock(packages, asked, { keepAddresses: true })).toEqual({
      'node_modules/a': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' },
      'node_modules/b': { version: '2.0.0' },
    });
    expect(() => pruneLock(packages, [...asked, { from: 'agent', names: ['b'] }])).toThrow(
      'b in two versions, 2.0.0 and 1.0.0',
    );
  });

  test('what is not locked, and what is a part of the repository, is named', () => {
    expect(() => prune({}, 'a')).toThrow('a is not in package-lock.json');
    expect(() => prune({ 'node_modules/a': { link: true, resolved: 'a' } }, 'a')).toThrow(
      'a is a part of this repository',
    );
  });
});
