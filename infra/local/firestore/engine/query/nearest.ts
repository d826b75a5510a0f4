/** Nearest neighbours by brute force: every candidate's distance is computed. */
import { parseFieldPath } from '../path/field-path.ts';
import { invalid } from '../status.ts';
import type { StoredDocument } from '../store/document.ts';
import type { FindNearest, Value } from '../types.ts';
import { fieldAt, withField } from '../value/fields.ts';
import { isVector, vectorElements } from '../value/vector.ts';

const MAX_RESULTS = 1000; // this and the next: production's limits
const MAX_DIMENSIONS = 2048;

/** Ordered by distance. @throws StatusError INVALID_ARGUMENT */
export function nearest(candidates: Iterable<StoredDocument>, search: FindNearest): StoredDocument[] {
  const path = parseFieldPath(search.vectorField?.fieldPath);
  const wanted = elements(search.queryVector);
  const limit = search.limit?.value ?? 0;
  if (!wanted || wanted.length === 0) throw invalid('queryVector must be a vector.');
  if (wanted.length > MAX_DIMENSIONS)
    throw invalid(`queryVector has more than ${String(MAX_DIMENSIONS)} dimensions.`);
  if (limit <= 0 || limit > MAX_RESULTS) throw invalid(`limit must be between 1 and ${String(MAX_RESULTS)}.`);
  const measure = MEASURES[search.distanceMeasure ?? 'DISTANCE_MEASURE_UNSPECIFIED'];
  if (!measure) throw invalid('distanceMeasure is missing.');
  const resultPath = search.distanceResultField ? parseFieldPath(search.distanceResultField) : undefined;
  const sign = search.distanceMeasure === 'DOT_PRODUCT' ? -1 : 1; // the larger product is the nearer
  const threshold = search.distanceThreshold?.value;
  const found: { document: StoredDocument; distance: number }[] = [];
  for (const document of candidates) {
    const held = elements(fieldAt(document.fields, path));
    if (held?.length !== wanted.length) continue;
    const distance = measure(held, wanted);
    if (threshold !== undefined && sign * distance > sign * threshold) continue;
    found.push({ document, distance });
  }
  found.sort((a, b) => sign * (a.distance - b.distance));
  return found.slice(0, limit).map(({ document, distance }) => {
    if (!resultPath) return document;
    return { ...document, fields: withField(document.fields, resultPath, { doubleValue: distance }) };
  });
}

function elements(value: Value | undefined): number[] | undefined {
  const fields = value && 'mapValue' in value ? (value.mapValue.fields ?? {}) : undefined;
  return fields && isVector(fields) ? vectorElements(fields) : undefined;
}

const dot = (a: number[], b: number[]): number => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);

const MEASURES: Record<string, (a: number[], b: number[]) => number> = {
  EUCLIDEAN: (a, b) => Math.hypot(...a.map((x, i) => x - (b[i] ?? 0))),
  COSINE: (a, b) => 1 - dot(a, b) / (Math.sqrt(dot(a, a)) * Math.sqrt(dot(b, b)) || 1),
  DOT_PRODUCT: dot,
};
