import { isObject, type Json } from '@longrun/shared';
import { words } from '../../lib/format.ts';

const MAX_DEPTH = 3;

/** Any JSON as a person reads it: names and values; what lies too deep as JSON text. */
export function Value({ value, depth = 0 }: { value: Json; depth?: number }) {
  if (value === null) return <span className="soft">none</span>;
  if (typeof value === 'boolean') return <span>{value ? 'yes' : 'no'}</span>;
  if (typeof value !== 'object') return <span className="value-text">{String(value)}</span>;
  const size = Array.isArray(value) ? value.length : Object.keys(value).length;
  if (size === 0) return <span className="soft">nothing</span>;
  if (depth >= MAX_DEPTH) return <pre>{JSON.stringify(value, null, 2)}</pre>;
  if (Array.isArray(value)) {
    if (value.every((item) => typeof item !== 'object')) {
      return <span className="value-text">{value.map(String).join(', ')}</span>;
    }
    return (
      <ol className="value-list">
        {value.map((item, i) => (
          // The order is all that these have.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={i}>
            <Value value={item} depth={depth + 1} />
          </li>
        ))}
      </ol>
    );
  }
  return isObject(value) ? (
    <dl className="value">
      {Object.entries(value).map(([name, one]) => (
        <div key={name}>
          <dt>{words(name)}</dt>
          <dd>
            <Value value={one} depth={depth + 1} />
          </dd>
        </div>
      ))}
    </dl>
  ) : null;
}
