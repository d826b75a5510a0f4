import { useRef, useState, type KeyboardEvent } from 'react';

export interface ConfirmButtonProps {
  label: string;
  /** What a screen reader says where the label alone does not tell what it is about. */
  longLabel?: string | undefined;
  question: string;
  /** What will happen. */
  consequence: string;
  yes: string;
  no: string;
  onYes: () => void;
  small?: boolean;
  /** Looks like any other button until it asks. */
  quiet?: boolean;
  /** For style sheets and tests, as in `data-act="cancel"`. */
  act: string;
}

/** Asks once, in place, and names what happens. Escape takes it back. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const [asking, setAsking] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const size = props.small === true ? 'small' : '';
  if (!asking) {
    return (
      <button
        ref={trigger}
        type="button"
        className={`${props.quiet === true ? '' : 'warn'} ${size}`.trim()}
        data-act={props.act}
        aria-label={props.longLabel}
        onClick={() => setAsking(true)}
      >
        {props.label}
      </button>
    );
  }
  const keep = () => {
    setAsking(false);
    requestAnimationFrame(() => trigger.current?.focus());
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'Escape') keep();
  };
  const onYes = () => {
    setAsking(false);
    props.onYes();
  };
  return (
    <fieldset className="confirm">
      <legend className="hidden">{props.question}</legend>
      <span>{props.consequence}</span>
      <button type="button" className={`danger ${size}`} onClick={onYes} onKeyDown={onKey} ref={focusNow}>
        {props.yes}
      </button>
      <button type="button" className={size} onClick={keep} onKeyDown={onKey}>
        {props.no}
      </button>
    </fieldset>
  );
}

function focusNow(element: HTMLElement | null): void {
  element?.focus();
}
