import { useLayoutEffect, useRef, type ReactNode } from 'react';
import { SendIcon } from '../../lib/icons.tsx';

interface ComposerProps {
  label: string;
  placeholder: string;
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
  /** Why nothing can be sent now; shown instead of the hint. */
  blocked?: string | null;
  action?: string;
  children?: ReactNode;
  rows?: number;
  focusFirst?: boolean;
}

/** One field for what is to be done. Enter sends; with Shift it begins a line. */
export function Composer(props: ComposerProps) {
  const {
    label,
    placeholder,
    value,
    onChange,
    onSend,
    blocked = null,
    action = 'Start',
    children,
    rows = 3,
    focusFirst = false,
  } = props;
  const field = useRef<HTMLTextAreaElement>(null);
  const empty = value.trim() === '';
  const fine = !matchMedia('(pointer: coarse)').matches;

  useLayoutEffect(() => {
    if (field.current !== null) fit(field.current);
    // On a phone the keyboard would cover the page at once.
    if (focusFirst && fine) field.current?.focus({ preventScroll: true });
  }, [focusFirst, fine]);

  const send = () => {
    if (!empty && blocked === null) onSend();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label>
        <span className="hidden">{label}</span>
        <textarea
          ref={field}
          data-composer
          rows={rows}
          value={value}
          placeholder={placeholder}
          enterKeyHint={fine ? 'send' : 'enter'}
          onChange={(event) => {
            fit(event.target);
            onChange(event.target.value);
          }}
          onKeyDown={(event) => {
            const sends = event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing;
            if (!sends || (!fine && !event.ctrlKey && !event.metaKey)) return;
            event.preventDefault();
            send();
          }}
        />
      </label>
      <div className="composer-foot">
        {children}
        <span className="push" />
        <button
          type="submit"
          className="primary"
          disabled={empty || blocked !== null}
          title={blocked ?? undefined}
        >
          {action}
          <SendIcon />
        </button>
      </div>
    </form>
  );
}

/** Browsers without `field-sizing` are helped to show all that was typed. */
function fit(element: HTMLTextAreaElement): void {
  if (CSS.supports('field-sizing', 'content')) return;
  element.style.height = 'auto';
  element.style.height = `${element.scrollHeight}px`;
}
