import { isObject, type Json, type Run } from '@longrun/shared';
import { AskIcon } from '../../lib/icons.tsx';

/** What the run wants to know before it goes on. */
export function Questions({ run }: { run: Run }) {
  return run.interrupts.map((interrupt) => (
    <div className="box ask" key={interrupt.id}>
      <AskIcon />
      <div>
        <strong>The run waits for an answer</strong>
        {questionText(interrupt.value) === null ? (
          <pre>{JSON.stringify(interrupt.value, null, 2)}</pre>
        ) : (
          <p>{questionText(interrupt.value)}</p>
        )}
        <p className="soft">It sleeps until then, and costs nothing. Answer it through the API.</p>
      </div>
    </div>
  ));
}

function questionText(value: Json): string | null {
  if (typeof value === 'string') return value;
  if (!isObject(value)) return null;
  const text = value['question'] ?? value['message'] ?? value['text'];
  return typeof text === 'string' ? text : null;
}
