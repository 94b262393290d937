// Which values of a label a chart tells apart, and in which colours. Pure functions.

import { compareValues } from './format.js';

// Three families of shades, each from old to new: the newest eight values have the first, those before them the second.
const SHADES = 8;
const FAMILIES = ['ramp', 'ramp-b', 'ramp-c'];
export const OTHER = '--ramp-other';

const NEWEST_ALWAYS = 3;
const WORTH_A_COLOUR = 0.02;
const MOST_COLOURS = SHADES * FAMILIES.length;

// Property names by value, in the order of the values: like versions get like colours, the newest the strongest. Of few
// values the shades stand further apart.
export function rampOf(values) {
  const ordered = [...values].sort(compareValues);
  const step = Math.max(1, 5 - ordered.length);
  const at = (age) => `--${FAMILIES[Math.floor(age / SHADES)]}-${SHADES - (age % SHADES)}`;
  return new Map(ordered.map((value, i) => [value, at((ordered.length - 1 - i) * step)]));
}

// The values of a trend that get a colour: the newest of the last step and of the step `chosen`, whatever their share;
// then those that ever had a share worth seeing, first by their share in the step `chosen`, which may be -1.
export function valuesWorthAColour(trend, chosen) {
  const last = trend.steps.length - 1;
  const share = ({ sources }, i) => (trend.sources[i] > 0 ? sources[i] / trend.sources[i] : 0);
  const most = new Map(trend.values.map((one) => [one, Math.max(...one.sources.map((_, i) => share(one, i)))]));
  const newestOf = (i) => trend.values.filter((one) => share(one, i) > 0)
    .sort((a, b) => compareValues(b.value, a.value)).slice(0, NEWEST_ALWAYS);
  const newest = new Set([...newestOf(last), ...newestOf(chosen)]);
  return trend.values.filter((one) => newest.has(one) || most.get(one) >= WORTH_A_COLOUR)
    .sort((a, b) => newest.has(b) - newest.has(a) || share(b, chosen) - share(a, chosen) || most.get(b) - most.get(a))
    .slice(0, MOST_COLOURS);
}
