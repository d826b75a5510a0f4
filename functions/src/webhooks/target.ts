import { LongrunError } from '@longrun/shared';
import { isAddress, isPublicAddress } from './address.ts';

/** What a webhook may be sent to. */
export interface TargetPolicy {
  /** For tests on one machine: http, any port and private addresses are allowed as well. */
  allowPrivate: boolean;
}

/** Any other port of a public host belongs to something that is no web server. */
const PORTS: ReadonlySet<string> = new Set(['', '443', '8443']);
/** Names that are resolved within a network or a machine, never on the internet. */
const INNER_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/;

/** Why nothing may be sent there, in words that follow "webhook: ". Null: it may, as far as the text can tell. */
export function targetProblem(text: string, { allowPrivate }: TargetPolicy): string | null {
  if (/[\s\p{Cc}]/u.test(text) || !URL.canParse(text)) return 'must be a URL, e.g. https://example.com/hook.';
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(allowPrivate && url.protocol === 'http:'))
    return 'must begin with https://.';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password.';
  if (allowPrivate) return null;
  if (!PORTS.has(url.port)) return 'may name port 443 or 8443 only.';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isAddress(host)) return isPublicAddress(host) ? null : 'must not name a private address.';
  const name = host.replace(/\.$/, '');
  const isPublicName = name.includes('.') && !INNER_NAMES.test(name);
  return isPublicName ? null : 'must name a host on the public internet.';
}

/**
 * The URL as it is stored: plain ASCII. Throws `invalid_request` when nothing may be sent there, or when nothing could be
 * signed.
 */
export function checkedWebhook(text: string, policy: TargetPolicy & { canSign: boolean }): string {
  if (!policy.canSign) {
    throw new LongrunError(
      'invalid_request',
      'body.webhook: webhooks are off here, since no WEBHOOK_SECRET is configured to sign them with.',
    );
  }
  const problem = targetProblem(text, policy);
  if (problem !== null) throw new LongrunError('invalid_request', `body.webhook: ${problem}`);
  return new URL(text).href;
}
