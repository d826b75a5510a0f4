/** `40 ms`, `0.4 s`, `58.3 s`, `1 m 12 s`, `2 h 05 m`. A running clock shows whole seconds, so that it does not flicker. */
export function duration(ms: number, whole = false): string {
  const safe = Math.max(0, ms);
  if (safe < 100 && !whole) return `${Math.round(safe)} ms`;
  if (safe < 60_000) {
    return whole ? `${Math.floor(safe / 1_000)} s` : `${(Math.floor(safe / 100) / 10).toFixed(1)} s`;
  }
  const seconds = Math.floor(safe / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${pad(seconds % 60)} s`;
  const hours = Math.floor(seconds / 3_600);
  if (hours < 48) return `${hours} h ${pad(Math.floor((seconds % 3_600) / 60))} m`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function pad(n: number): string {
  return String(n).padStart(2, '0');
}

/** As many digits as the cost has meaning: `$1.24`, `$0.031`, `$0.0004`. */
export function cost(usd: number): string {
  if (usd === 0) return '$0';
  if (usd >= 0.1) return `$${usd.toFixed(2)}`;
  const digits = Math.min(6, 1 - Math.floor(Math.log10(usd)));
  return `$${usd.toFixed(digits).replace(/0+$/, '')}`;
}

const plain = new Intl.NumberFormat('en');
export function count(n: number): string {
  return plain.format(n);
}

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** `just now`, `4 min ago`, `3 h ago`, `yesterday`, `12 Nov`. */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.floor((now - at) / 1_000));
  if (seconds < 45) return 'just now';
  if (seconds < 3_600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3_600)} h ago`;
  if (seconds < 2 * 86_400) return 'yesterday';
  const date = new Date(at);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return date.toLocaleDateString('en', {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
  });
}

export function exact(at: number): string {
  return new Date(at).toLocaleString('en', { dateStyle: 'full', timeStyle: 'medium' });
}

/** `generate_query` -> `Generate query`. */
export function words(name: string): string {
  const text = name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
