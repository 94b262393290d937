// A trend the size of a word: a line over the months, with a dot at the month that is shown.

import * as format from './format.js';
import { parseMonth } from './months.js';

const SVG = 'http://www.w3.org/2000/svg';
const [WIDTH, HEIGHT, MARGIN] = [64, 18, 2];

function shape(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
  return node;
}

// `values` by month, null where nothing is known; `months` and `final` belong to them; `chosen` is an index, or -1. A
// month that is not over is left out of the line: it would look like a fall.
export function sparkline({ values, months, final }, chosen) {
  const known = values.flatMap((value, i) => (value !== null && (final[i] || i === chosen) ? [i] : []));
  const line = known.filter((i) => final[i]);
  const svg = shape('svg', { class: 'spark', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, height: HEIGHT,
    role: 'img' });
  const said = known.length === 0 ? 'not known' : [known[0], known[known.length - 1]].map((i) => (
    `${format.quantity(values[i])} in ${format.monthYear(months[i])}${final[i] ? '' : ', so far'}`)).join(', ');
  svg.setAttribute('aria-label', said);
  const title = shape('title', {});
  title.textContent = said;
  const most = Math.max(...known.map((i) => values[i]), 1);
  const at = (i) => [MARGIN + (i / Math.max(values.length - 1, 1)) * (WIDTH - 2 * MARGIN),
    HEIGHT - MARGIN - (Math.max(values[i], 0) / most) * (HEIGHT - 2 * MARGIN)].map((number) => number.toFixed(1));
  svg.append(title, shape('polyline', { points: line.map((i) => at(i).join(',')).join(' ') }));
  const dot = known.includes(chosen) ? chosen : line[line.length - 1];
  if (dot !== undefined) {
    const [cx, cy] = at(dot);
    svg.append(shape('circle', { cx, cy, r: MARGIN, class: final[dot] ? 'whole' : 'running' }));
  }
  return svg;
}

// The sparklines of a trend's values, by value. `read` takes a value's numbers by month from its row of the trend.
export function sparklinesOf(trend, read, context) {
  const months = trend.steps.map(parseMonth);
  const rows = new Map(trend.values.map((one) => [one.value, one]));
  return (value) => {
    const row = rows.get(value);
    return row ? sparkline({ values: read(row), months, final: trend.final }, months.indexOf(context.month)) : null;
  };
}
