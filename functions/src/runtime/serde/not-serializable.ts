/** The way from a value to a part of it: names of fields, and indexes of lists. */
export type Path = readonly (string | number)[];

/** A part of a value that cannot be written down so that it comes back. `what` says what it is: "is a Promise; ...". */
export class NotSerializable extends Error {
  readonly path: Path;
  readonly what: string;

  constructor(path: Path, what: string) {
    super(`${pathText(path) || 'The value'} ${what}`);
    this.name = 'NotSerializable';
    this.path = path;
    this.what = what;
  }
}

const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;
const SHOWN = 40; // steps of a path; of a longer one, its beginning and its end

/** As it would be written in code: `rows[0].id`, `["a b"].c`. */
export function pathText(path: Path): string {
  const shown = path.length <= SHOWN ? path : [...path.slice(0, SHOWN / 2), '…', ...path.slice(-SHOWN / 2)];
  return shown
    .map((step, i) => {
      if (typeof step === 'number') return `[${step}]`;
      if (step === '…') return step;
      if (!NAME.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join('');
}
