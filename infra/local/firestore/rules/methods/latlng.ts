import { EvaluationError } from '../errors.ts';
import { float } from '../value.ts';
import type { RuleValue } from '../value.ts';
import type { MethodTable } from './method-table.ts';

type LatLng = Extract<RuleValue, { type: 'latlng' }>;

const EARTH_RADIUS_M = 6_371_010; // mean radius

export const LATLNG: MethodTable<LatLng> = {
  latitude: [0, (point) => float(point.latitude)],
  longitude: [0, (point) => float(point.longitude)],
  distance: [
    1,
    (point, args) => {
      const other = args.value(0);
      if (other.type !== 'latlng') throw new EvaluationError('distance() takes a latlng');
      return float(haversine(point, other));
    },
  ],
};

/** Distance in metres. */
function haversine(a: LatLng, b: LatLng): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const height = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const width = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const chord = height + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * width;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(chord));
}
