import { useEffect, useState } from 'react';
import { CheckIcon, CopyIcon } from './icons.tsx';

/** Copies `text`, and says for two seconds that it did. */
export function CopyButton({ text, label, primary }: { text: string; label: string; primary?: boolean }) {
  const [done, setDone] = useState<'no' | 'yes' | 'refused'>('no');
  useEffect(() => {
    if (done === 'no') return undefined;
    const timer = setTimeout(() => setDone('no'), 2_000);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => setDone('yes'),
      () => setDone('refused'),
    );
  };
  return (
    <button type="button" className={primary === true ? 'primary' : 'quiet small'} onClick={copy}>
      {done === 'yes' ? <CheckIcon /> : <CopyIcon />}
      {done === 'yes' ? 'Copied' : done === 'refused' ? 'Not allowed here' : label}
    </button>
  );
}
