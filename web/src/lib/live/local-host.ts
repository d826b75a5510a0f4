/**
 * A browser opens at most six HTTP/1.1 connections to one origin, and every tab holds one open. Locally each tab
 * therefore uses a name of its own: browsers resolve any `*.localhost` to this machine. Where one does not (Safari),
 * the plain name is used.
 */
export async function localHost(address: { host: string; port: number }): Promise<string> {
  const label = `t${crypto.randomUUID().slice(0, 8)}.localhost:${address.port}`;
  const works = await fetch(`http://${label}/_/health`, { signal: AbortSignal.timeout(800) }).then(
    (response) => response.ok,
    () => false,
  );
  return works ? label : `${address.host}:${address.port}`;
}
