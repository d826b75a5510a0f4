import ipaddr from 'ipaddr.js';

/** All that is routed on the public IPv6 internet today. Source: https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address belongs to the public internet. It names what is allowed, so that a range that nobody thought of
 * (metadata servers, carrier-grade NAT, IPv4 inside of IPv6) is not.
 */
export function isPublicAddress(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  // An IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is judged as the IPv4 address it is.
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(GLOBAL_IPV6);
}

/** Whether a host, as `new URL` gives it (without brackets), is an IP address and not a name. */
export function isAddress(host: string): boolean {
  return ipaddr.isValid(host);
}
