const CALM_MS = 1_000;
const ALARMED_MS = 300;

/**
 * Only for the embedded Firestore: after its server was restarted the SDK would wait for many seconds. A new
 * `boot_id` means that it is there again, and the connection is made anew at once.
 */
export function watchLocalServer(
  address: { host: string; port: number },
  seen: { restarted: () => void; gone: () => void },
): void {
  let bootId: string | undefined;
  const look = async () => {
    if (document.visibilityState === 'hidden') return CALM_MS;
    const found = await bootIdOf(address);
    if (found === null) {
      seen.gone();
      return ALARMED_MS;
    }
    if (bootId !== undefined && found !== bootId) seen.restarted();
    bootId = found;
    return CALM_MS;
  };
  const loop = () => void look().then((pause) => setTimeout(loop, pause));
  loop();
}

async function bootIdOf(address: { host: string; port: number }): Promise<string | null> {
  try {
    const response = await fetch(`http://${address.host}:${address.port}/_/health`, {
      signal: AbortSignal.timeout(2_000),
      cache: 'no-store',
    });
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'boot_id' in body ? String(body.boot_id) : '';
  } catch {
    // No answer is the answer: the server is not there.
    return null;
  }
}
