import * as fc from 'fast-check';
import { LongrunError } from '@longrun/shared';
import { describe, expect, test } from 'vitest';
import { isPublicAddress } from './address.ts';
import { checkedWebhook, targetProblem } from './target.ts';

const PUBLIC = { allowPrivate: false };
const isFine = (url: string) => targetProblem(url, PUBLIC) === null;

describe('D12: where webhooks may go', () => {
  test.each([
    'https://example.com/hook',
    'https://example.com:8443/hook?a=b',
    'https://8.8.8.8/',
    'https://[2606:4700:4700::1111]/',
    'https://bücher.example/',
    'https://example.com./',
  ])('%s -> allowed', (url) => expect(isFine(url)).toBe(true));

  test.each([
    ['plain http', 'http://example.com/'],
    ['another protocol', 'ftp://example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['credentials', 'https://me:secret@example.com/'],
    ['a user name', 'https://me@example.com/'],
    ['another port', 'https://example.com:22/'],
    ['no host', 'https:///hook'],
    ['no URL', 'example.com/hook'],
    ['white space', 'https://example.com/a b'],
    ['a line feed', 'https://example.com/\nx: y'],
    ['this machine', 'https://localhost/'],
    ['this machine, dotted', 'https://localhost./'],
    ['a name below this machine', 'https://a.localhost/'],
    ['a single label', 'https://intranet/'],
    ['the metadata server by name', 'https://metadata.google.internal/'],
    ['a name of the local network', 'https://printer.local/'],
    ['the metadata server', 'https://169.254.169.254/'],
    ['a decimal address', 'https://2130706433/'],
    ['a hexadecimal address', 'https://0x7f000001/'],
    ['an octal address', 'https://0177.0.0.1/'],
    ['a short address', 'https://127.1/'],
    ['an address with a trailing dot', 'https://127.0.0.1./'],
    ['full-width digits', 'https://１２７.０.０.１/'],
    ['circled digits', 'https://①②⑦.⓪.⓪.①/'],
    ['an ideographic full stop', 'https://127。0。0。1/'],
    ['percent-encoded', 'https://%31%32%37.0.0.1/'],
    ['IPv6 loopback', 'https://[::1]/'],
    ['IPv4 in IPv6', 'https://[::ffff:127.0.0.1]/'],
    ['IPv4 in IPv6, in hexadecimal', 'https://[::ffff:7f00:1]/'],
    ['IPv4-compatible IPv6', 'https://[::127.0.0.1]/'],
    ['NAT64', 'https://[64:ff9b::7f00:1]/'],
    ['local NAT64', 'https://[64:ff9b:1::7f00:1]/'],
    ['6to4', 'https://[2002:7f00:1::]/'],
    ['Teredo', 'https://[2001:0:7f00:1::]/'],
    ['a unique local address', 'https://[fd00:ec2::254]/'],
    ['a link-local address with a zone', 'https://[fe80::1%25eth0]/'],
    ['multicast', 'https://[ff02::1]/'],
    ['carrier-grade NAT', 'https://100.100.100.200/'],
    ['nobody', 'https://0.0.0.0/'],
    ['everybody', 'https://255.255.255.255/'],
    ['multicast in IPv4', 'https://224.0.0.1/'],
    ['reserved', 'https://240.0.0.1/'],
  ])('%s (%s) -> refused', (_, url) => expect(isFine(url)).toBe(false));

  /** Networks of which no address is public. */
  const PRIVATE = [
    '0',
    '10',
    '127',
    '100.64',
    '169.254',
    '172.16',
    '192.168',
    '198.18',
    '203.0.113',
    '224',
    '255',
  ];

  test('no private IPv4 address passes in any notation that a browser knows', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const notation = fc.constantFrom<(bytes: number[]) => string>(
      (bytes) => bytes.join('.'),
      (bytes) => `${bytes.join('.')}.`,
      (bytes) => bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
      (bytes) => bytes.map((byte) => `0x${byte.toString(16)}`).join('.'),
      (bytes) => String(asNumber(bytes)),
      (bytes) => `0x${asNumber(bytes).toString(16)}`,
      (bytes) => `0${asNumber(bytes).toString(8)}`,
      (bytes) => `${bytes[0]}.${asNumber(bytes.slice(1))}`,
      (bytes) => `${bytes[0]}.${bytes[1]}.${asNumber(bytes.slice(2))}`,
      (bytes) => `[::ffff:${bytes.join('.')}]`,
      (bytes) => `[::${bytes.join('.')}]`,
      (bytes) => `[64:ff9b::${bytes.join('.')}]`,
      (bytes) =>
        [...bytes.join('.')]
          .map((c) => (c === '.' ? '。' : String.fromCodePoint(0xff10 + Number(c))))
          .join(''),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...PRIVATE),
        fc.tuple(octet, octet, octet, octet),
        notation,
        (net, rest, write) => {
          const start = net.split('.').map(Number);
          const bytes = [...start, ...rest].slice(0, 4);
          expect(isPublicAddress(bytes.join('.'))).toBe(false);
          expect(isFine(`https://${write(bytes)}/`)).toBe(false);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('whatever text comes, the answer is words or nothing, and what passes is https without credentials', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.webUrl(),
          fc.string().map((s) => `https://${s}`),
        ),
        (text) => {
          if (targetProblem(text, PUBLIC) !== null) return;
          const url = new URL(text);
          expect(url.protocol).toBe('https:');
          expect(url.username + url.password).toBe('');
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('D12: asking for a webhook', () => {
  test('the URL is stored in plain ASCII', () => {
    expect(checkedWebhook('https://Bücher.example/ä', { ...PUBLIC, canSign: true })).toBe(
      'https://xn--bcher-kva.example/%C3%A4',
    );
  });

  test('no secret to sign with -> invalid_request that says so', () => {
    const ask = () => checkedWebhook('https://example.com/', { ...PUBLIC, canSign: false });
    expect(ask).toThrow(LongrunError);
    expect(ask).toThrow(/WEBHOOK_SECRET/);
  });

  test('on one machine, for tests: http, any port and private addresses', () => {
    expect(targetProblem('http://127.0.0.1:4000/hook', { allowPrivate: true })).toBeNull();
    expect(targetProblem('ftp://127.0.0.1/', { allowPrivate: true })).not.toBeNull();
  });
});

function asNumber(bytes: number[]): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
