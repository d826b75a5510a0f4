/** What functions-framework says at its start. */
const FRAMEWORK = /^(Serving function\.\.\.|Function: |Signature type: |URL: http:\/\/localhost)/;

/** Parts what a function prints into lines, and tells of those that a graph printed, not Longrun itself. */
export function graphOutput(onLine: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '' && !isOurs(line)) onLine(line);
  };
}

/** Our own logs are objects of JSON that name the service. */
function isOurs(line: string): boolean {
  if (FRAMEWORK.test(line)) return true;
  if (!line.startsWith('{"severity":')) return false;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && 'serviceContext' in value;
  } catch {
    return false;
  }
}
