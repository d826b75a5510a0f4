import { useState } from 'react';
import { draftOf, dropDraft, keepDraft } from '../../lib/drafts.ts';

/** Text that is being written at `place`, kept until it is sent. */
export function useDraft(place: string): [text: string, change: (text: string) => void] {
  const [text, setText] = useState(() => {
    const draft = draftOf(place);
    return typeof draft === 'string' ? draft : '';
  });
  const change = (next: string) => {
    setText(next);
    if (next === '') dropDraft(place);
    else keepDraft(place, next);
  };
  return [text, change];
}
