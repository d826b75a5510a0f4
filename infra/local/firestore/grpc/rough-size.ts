/** Bytes that a message takes in memory, about: its texts and bytes, and a little for everything else. */
export function roughSize(message: unknown): number {
  const PER_PART = 16;
  if (typeof message === 'string') return PER_PART + message.length;
  if (message instanceof Uint8Array) return PER_PART + message.length;
  if (typeof message !== 'object' || message === null) return PER_PART;
  let size = PER_PART;
  for (const [key, part] of Object.entries(message)) size += key.length + roughSize(part);
  return size;
}
