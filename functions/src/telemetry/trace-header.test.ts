import { expect, it } from 'vitest';
import { parseClickAge, parseTraceHeader } from './trace-header.ts';

const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

it.each([
  [`${ID}/17;o=1`, { id: ID, span: '17' }],
  [`${ID}/17;o=0`, { id: ID, span: '17' }],
  [`${ID}/17`, { id: ID, span: '17' }],
  [`${ID}`, { id: ID, span: null }],
  [`${ID}/0;o=1`, { id: ID, span: null }],
  [`${ID.toUpperCase()}/0017`, { id: ID, span: '17' }],
  [`${ID}/18446744073709551615`, { id: ID, span: '18446744073709551615' }],
  [`${ID}/18446744073709551616`, null],
  [`${'0'.repeat(32)}/17`, null],
  [`${ID}0/17`, null],
  [`${ID}/17;o=1 `, null],
  [`${ID}/0x11`, null],
  ['', null],
  [undefined, null],
  [[`${ID}/17`, `${ID}/18`], null],
])('the context %s', (value, expected) => {
  expect(parseTraceHeader(value)).toEqual(expected);
});

it.each([
  ['0', 0],
  ['40.5', 40.5],
  ['600000', 600_000],
  ['600001', null],
  ['-1', null],
  ['1e3', null],
  ['Infinity', null],
  ['', null],
  [undefined, null],
])('the age %s', (value, expected) => {
  expect(parseClickAge(value)).toBe(expected);
});
