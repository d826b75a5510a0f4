import type { GraphInfo } from '@longrun/shared';

/** Graphs that cannot be started, and what is wrong with each. */
export function BrokenGraphs({ graphs }: { graphs: GraphInfo[] }) {
  const broken = graphs.filter(({ error }) => error !== undefined);
  if (broken.length === 0) return null;
  return (
    <ul className="wrong" aria-label="Graphs that cannot be run">
      {broken.map(({ id, title, error }) => (
        <li key={id}>
          {title} cannot be run: {error?.message}
        </li>
      ))}
    </ul>
  );
}
