import { useId, useRef, type ComponentType } from 'react';
import { CloseIcon } from '../../lib/icons.tsx';
import type { FieldProps } from './field-input.tsx';
import { emptyDraft, join } from './fill.ts';
import { Wrong } from './wrong.tsx';

interface ListProps extends FieldProps {
  /** For each of the things, which may hold lists themselves. */
  Input: ComponentType<FieldProps>;
}

/** Several of one thing: boxes to tick where the things are known, rows to add where they are not. */
export function ListInput({ field, draft, onChange, problems, path, Input }: ListProps) {
  const id = useId();
  const box = useRef<HTMLFieldSetElement>(null);
  const items = Array.isArray(draft) ? draft : [];
  const problem = problems.get(path);
  if (field.kind !== 'list' && field.kind !== 'choices') return null;
  const toggle = (place: number) =>
    onChange(items.includes(place) ? items.filter((one) => one !== place) : [...items, place]);
  const add = () => {
    if (field.kind !== 'list') return;
    onChange([...items, emptyDraft(field.item)]);
    requestAnimationFrame(() => {
      const inputs = box.current?.querySelectorAll<HTMLElement>(
        '.list-row input, .list-row textarea, .list-row select',
      );
      inputs?.[inputs.length - 1]?.focus();
    });
  };
  return (
    <fieldset
      ref={box}
      className="group"
      aria-invalid={problem !== undefined}
      aria-describedby={problem === undefined ? undefined : id}
    >
      <legend id={`${id}-legend`}>
        {field.label === '' ? 'Several' : field.label}
        {!field.required && <span className="soft"> · optional</span>}
      </legend>
      {field.detail !== null && <p className="soft">{field.detail}</p>}
      {field.kind === 'choices' ? (
        <div className="choices">
          {field.options.map((option, i) => (
            <label key={JSON.stringify(option.value)} className="choice">
              <input type="checkbox" checked={items.includes(i)} onChange={() => toggle(i)} />
              <span>
                <b>{option.label}</b>
                {option.detail !== null && <span className="soft">{option.detail}</span>}
              </span>
            </label>
          ))}
        </div>
      ) : (
        <>
          {items.map((item, i) => (
            // Rows have no identity but their place.
            // oxlint-disable-next-line react/no-array-index-key
            <div className="list-row" key={i}>
              <Input
                field={field.item}
                draft={item}
                onChange={(next) => onChange(items.with(i, next))}
                problems={problems}
                path={join(path, i)}
                labelledBy={`${id}-legend`}
              />
              <button
                type="button"
                className="quiet small"
                aria-label={`Remove ${field.label} ${i + 1}`}
                onClick={() => onChange(items.toSpliced(i, 1))}
              >
                <CloseIcon />
              </button>
            </div>
          ))}
          {items.length < field.max && (
            <button type="button" className="small" onClick={add}>
              {items.length === 0 ? 'Add one' : 'Add another'}
            </button>
          )}
        </>
      )}
      <Wrong id={id} text={problem} />
    </fieldset>
  );
}
