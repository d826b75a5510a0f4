import { isObject } from '@longrun/shared';
import { useId, type ReactNode } from 'react';
import { ChoiceInput } from './choice-input.tsx';
import { join, type Draft, type Problems } from './fill.ts';
import { ListInput } from './list-input.tsx';
import type { Field, TextRules } from './schema.ts';
import { Wrong } from './wrong.tsx';

export interface FieldProps {
  field: Field;
  draft: Draft | undefined;
  onChange: (draft: Draft) => void;
  problems: Problems;
  path: string;
  /** Names the field where it has no label of its own. */
  labelledBy?: string;
}

/** More options than this are a list to open; fewer are all in sight. */
const IN_SIGHT = 5;
/** A text that may have more characters than this gets room. */
const LONG = 400;
const INPUT_TYPE: Record<TextRules['format'], string> = {
  long: 'text',
  plain: 'text',
  date: 'date',
  time: 'time',
  'date-time': 'datetime-local',
  email: 'email',
  uri: 'url',
};

/** One field of a JSON Schema, with all that lies in it. */
export function FieldInput(props: FieldProps) {
  const { field, draft, onChange, problems, path } = props;
  const id = useId();
  const problem = problems.get(path);
  const common = {
    id,
    'aria-invalid': problem !== undefined,
    'aria-describedby': problem === undefined ? undefined : `${id}-wrong`,
    'aria-required': field.required,
    ...(field.label === '' ? { 'aria-labelledby': props.labelledBy } : {}),
  };
  const text = typeof draft === 'string' ? draft : '';
  switch (field.kind) {
    case 'group':
      return <GroupInput {...props} />;
    case 'list':
    case 'choices':
      return <ListInput {...props} Input={FieldInput} />;
    case 'boolean':
      return (
        <Row field={field} id={id} problem={undefined}>
          <ChoiceInput
            name={id}
            options={YES_NO}
            picked={draft === true ? 0 : draft === false ? 1 : null}
            onPick={(place) => onChange(place === 0)}
            problem={problem}
            labelledBy={field.label === '' ? (props.labelledBy ?? '') : `${id}-label`}
          />
        </Row>
      );
    case 'choice':
      return field.options.length <= IN_SIGHT ? (
        <Row field={field} id={id} problem={undefined}>
          <ChoiceInput
            name={id}
            options={field.options}
            picked={draft}
            onPick={onChange}
            problem={problem}
            labelledBy={field.label === '' ? (props.labelledBy ?? '') : `${id}-label`}
          />
        </Row>
      ) : (
        <Row field={field} id={id} problem={problem}>
          <select
            {...common}
            value={typeof draft === 'number' ? draft : ''}
            onChange={(event) => onChange(event.target.value === '' ? null : Number(event.target.value))}
          >
            <option value="">{field.required ? 'Choose…' : '—'}</option>
            {field.options.map((option, i) => (
              <option key={JSON.stringify(option.value)} value={i}>
                {option.label}
              </option>
            ))}
          </select>
        </Row>
      );
    case 'number':
      return (
        <Row field={field} id={id} problem={problem}>
          <input
            {...common}
            className="num short"
            inputMode={field.integer && field.min >= 0 ? 'numeric' : 'decimal'}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        </Row>
      );
    case 'json':
      return (
        <Row field={field} id={id} problem={problem} note="as JSON">
          <textarea
            {...common}
            className="mono grow"
            rows={3}
            spellCheck={false}
            value={text}
            onChange={(event) => onChange(event.target.value)}
          />
        </Row>
      );
    case 'text':
      return (
        <Row field={field} id={id} problem={problem}>
          {isLong(field) ? (
            <textarea
              {...common}
              className="grow"
              rows={field.format === 'long' ? 3 : 1}
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          ) : (
            <input
              {...common}
              className={field.format === 'plain' ? '' : 'short'}
              type={INPUT_TYPE[field.format]}
              value={text}
              onChange={(event) => onChange(event.target.value)}
            />
          )}
        </Row>
      );
    default:
      return field satisfies never;
  }
}

function isLong({ format, maxLength }: TextRules): boolean {
  return format === 'long' || (format === 'plain' && maxLength > LONG && maxLength < Infinity);
}

const YES_NO = [
  { value: true, label: 'Yes', detail: null },
  { value: false, label: 'No', detail: null },
];

interface RowProps {
  field: Field;
  id: string;
  problem: string | undefined;
  note?: string;
  children: ReactNode;
}

/** Label, explanation, the field, and what is wrong with it. */
function Row({ field, id, problem, note, children }: RowProps) {
  const notes = [...(field.required ? [] : ['optional']), ...(note === undefined ? [] : [note])];
  return (
    <div className="field">
      {field.label !== '' && (
        <label htmlFor={id} id={`${id}-label`}>
          {field.label}
          {notes.length > 0 && <span className="soft"> · {notes.join(', ')}</span>}
        </label>
      )}
      {field.detail !== null && <p className="soft">{field.detail}</p>}
      {children}
      <Wrong id={`${id}-wrong`} text={problem} />
    </div>
  );
}

function GroupInput({ field, draft, onChange, problems, path }: FieldProps) {
  const id = useId();
  const problem = problems.get(path);
  if (field.kind !== 'group') return null;
  const given = isObject(draft) ? draft : {};
  const fields = field.fields.map((one) => (
    <FieldInput
      key={one.name}
      field={one}
      draft={given[one.name]}
      onChange={(next) => onChange({ ...given, [one.name]: next })}
      problems={problems}
      path={join(path, one.name)}
    />
  ));
  const wrong = <Wrong id={id} text={problem} />;
  if (path === '') {
    return (
      <div className="fields">
        {fields}
        {wrong}
      </div>
    );
  }
  return (
    <fieldset className="group" aria-describedby={problem === undefined ? undefined : id}>
      <legend>
        {field.label}
        {!field.required && <span className="soft"> · optional</span>}
      </legend>
      {field.detail !== null && <p className="soft">{field.detail}</p>}
      <div className="fields">{fields}</div>
      {wrong}
    </fieldset>
  );
}
