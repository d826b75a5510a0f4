import { pattern } from '../pattern.ts';
import { bool, int, list, string } from '../value.ts';
import type { MethodTable } from './method-table.ts';

export const STRING: MethodTable<string> = {
  lower: [0, (text) => string(text.toLowerCase())],
  upper: [0, (text) => string(text.toUpperCase())],
  trim: [0, (text) => string(text.trim())],
  size: [0, (text) => int(Array.from(text).length)],
  toUtf8: [0, (text) => ({ type: 'bytes', value: Buffer.from(text) })],
  matches: [1, (text, args) => bool(pattern(args.string(0)).matches(text))],
  split: [1, (text, args) => list(pattern(args.string(0)).split(text, -1).map(string))],
  replace: [2, (text, args) => string(pattern(args.string(0)).matcher(text).replaceAll(args.string(1)))],
};
