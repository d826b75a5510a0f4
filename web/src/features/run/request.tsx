import { isObject, messageText, type Json } from '@longrun/shared';

/** What the person asked, as text; other input as the JSON it is. */
export function Request({ input }: { input: Json }) {
  const said = saidIn(input);
  if (said === null && input === null) return null;
  return (
    <div className="said">
      <b>You</b>
      {said === null ? <pre>{JSON.stringify(input, null, 2)}</pre> : <p>{said}</p>}
    </div>
  );
}

function saidIn(input: Json): string | null {
  if (typeof input === 'string') return input;
  if (!isObject(input)) return null;
  const { messages } = input;
  if (!Array.isArray(messages)) return null;
  const last = messages.findLast((message) => isObject(message) && message['content'] !== undefined);
  if (!isObject(last)) return null;
  return messageText({ content: last['content'] ?? '' });
}
