import { useId } from 'react';
import { textDraft } from './draft.ts';
import type { Draft } from './fill.ts';
import { Wrong } from './wrong.tsx';

interface Props {
  draft: Draft;
  onChange: (draft: Draft) => void;
  problem: string | undefined;
  labelledBy: string;
}

/** An answer in words; a graph that wants more than words gets JSON. */
export function TextAnswer({ draft, onChange, problem, labelledBy }: Props) {
  const id = useId();
  const { as, text } = textDraft(draft);
  const fine = !matchMedia('(pointer: coarse)').matches;
  return (
    <>
      <textarea
        className={as === 'json' ? 'grow mono' : 'grow'}
        rows={2}
        value={text}
        spellCheck={as === 'text'}
        placeholder={as === 'json' ? '{ "approved": true }' : 'Your answer…'}
        aria-labelledby={labelledBy}
        aria-invalid={problem !== undefined}
        aria-describedby={problem === undefined ? undefined : id}
        onChange={(event) => onChange({ as, text: event.target.value })}
        onKeyDown={(event) => {
          const sends = event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing;
          if (!sends || as === 'json' || !fine) return;
          event.preventDefault();
          event.currentTarget.form?.requestSubmit();
        }}
      />
      <Wrong id={id} text={problem} />
      <button
        type="button"
        className="quiet small as"
        onClick={() => onChange({ as: as === 'json' ? 'text' : 'json', text })}
      >
        {as === 'json' ? 'Answer in words' : 'Answer with JSON'}
      </button>
    </>
  );
}
