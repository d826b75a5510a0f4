/** The syntax tree of a rules source. */
import type { RuleValue } from './value.ts';

export type BinaryOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | '+' | '-' | '*' | '/' | '%';

export type Expression =
  | { readonly kind: 'literal'; readonly value: RuleValue }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  /** A literal segment is a string, `$(x)` an expression. */
  | { readonly kind: 'path'; readonly segments: readonly (string | Expression)[] }
  | { readonly kind: 'member'; readonly object: Expression; readonly name: string }
  | { readonly kind: 'index'; readonly object: Expression; readonly index: Expression }
  | {
      readonly kind: 'range';
      readonly object: Expression;
      readonly from: Expression;
      readonly to: Expression;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly kind: 'method';
      readonly object: Expression;
      readonly name: string;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'not' | 'negate'; readonly operand: Expression }
  | { readonly kind: 'is'; readonly operand: Expression; readonly type: string }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'conditional';
      readonly test: Expression;
      readonly consequent: Expression;
      readonly otherwise: Expression;
    };

/** What one request does; `allow read` and `allow write` are expanded by the parser. */
export type Method = 'get' | 'list' | 'create' | 'update' | 'delete';

export interface Allow {
  readonly methods: ReadonlySet<Method>;
  readonly condition: Expression;
  readonly line: number;
}

export interface FunctionDeclaration {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly lets: readonly { readonly name: string; readonly value: Expression }[];
  readonly result: Expression;
}

export type PatternSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'capture'; readonly name: string }
  /** `{name=**}`: one or more segments in version 1, zero or more in version 2. */
  | { readonly kind: 'glob'; readonly name: string };

export interface MatchBlock {
  readonly pattern: readonly PatternSegment[];
  readonly functions: ReadonlyMap<string, FunctionDeclaration>;
  readonly allows: readonly Allow[];
  readonly matches: readonly MatchBlock[];
}

export interface Ruleset {
  readonly version: 1 | 2;
  readonly root: MatchBlock;
}
