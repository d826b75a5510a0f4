import { expect, test } from 'vitest';
import { graphOutput } from './graph-output.ts';

test('what a graph prints is told line by line; what Longrun and its framework print is not', () => {
  const lines: string[] = [];
  const keep = graphOutput((line) => lines.push(line));
  keep('Serving function...\nFunction: worker\nURL: http://localhost:8080/\nthe gra');
  keep('ph says\n{"severity":"INFO","message":"Run started.","serviceContext":{"service":"worker"}}\n');
  keep('{ a: 1 }\n{"severity":"my own"}\n\n  indented\n');
  expect(lines).toEqual(['the graph says', '{ a: 1 }', '{"severity":"my own"}', '  indented']);
});
