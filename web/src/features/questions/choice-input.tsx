import type { Draft } from './fill.ts';
import { Wrong } from './wrong.tsx';
import type { Choice } from './schema.ts';

interface Props {
  name: string;
  options: readonly Choice[];
  /** The place of the chosen option. */
  picked: Draft | undefined;
  onPick: (place: number) => void;
  problem: string | undefined;
  labelledBy: string;
}

/** A few things to choose one of, all in sight. */
export function ChoiceInput({ name, options, picked, onPick, problem, labelledBy }: Props) {
  const wrongId = `${name}-wrong`;
  return (
    <div
      role="radiogroup"
      className="choices"
      aria-labelledby={labelledBy}
      aria-invalid={problem !== undefined}
      aria-describedby={problem === undefined ? undefined : wrongId}
    >
      {options.map((option, i) => (
        <label key={JSON.stringify(option.value)} className="choice">
          <input type="radio" name={name} checked={picked === i} onChange={() => onPick(i)} />
          <span>
            <b>{option.label}</b>
            {option.detail !== null && <span className="soft">{option.detail}</span>}
          </span>
        </label>
      ))}
      <Wrong id={wrongId} text={problem} />
    </div>
  );
}
