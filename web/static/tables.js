// Tables of a label's values, with a bar or a swatch, and what is folded away of long ones.

import { make, setText } from './dom.js';
import * as format from './format.js';

const ROWS_SHOWN = 8;

export function bar(part, most) {
  const fill = make('span', { className: 'bar-fill' });
  fill.style.width = `${most > 0 ? Math.max((part / most) * 100, part > 0 ? 0.8 : 0) : 0}%`;
  return make('span', { className: 'bar', 'aria-hidden': 'true' }, fill);
}

// Fills a table with a row for each item, of which some are shown until somebody wants them all; the others are not even
// made. `open` says that somebody did, `onOpen(open)` is told. Returns the button, or null where nothing is folded.
export function fold(table, items, makeRow, { unit, shown = ROWS_SHOWN, open = false, onOpen = () => {} }) {
  const body = table.tBodies[0];
  const most = items.length > shown + 1 ? shown : items.length;
  body.replaceChildren(...items.slice(0, most).map(makeRow));
  if (most === items.length) {
    return null;
  }
  const button = make('button', { type: 'button', className: 'more' });
  const set = (wanted) => {
    if (wanted) {
      body.append(...items.slice(most).map(makeRow));
    } else {
      [...body.rows].slice(most).forEach((row) => row.remove());
    }
    setText(button, wanted ? 'Show fewer' : `Show all ${format.count(items.length, unit)}`);
    button.setAttribute('aria-expanded', String(wanted));
  };
  button.addEventListener('click', () => {
    const wanted = button.getAttribute('aria-expanded') === 'false';
    set(wanted);
    onOpen(wanted);
  });
  set(open);
  return button;
}

export function headedTable(caption, headings) {
  return make('table', { className: 'bars' }, make('caption', { className: 'unseen' }, caption),
    make('thead', {}, make('tr', {}, ...headings.map((text) => make('th', { scope: 'col' }, text)))), make('tbody'));
}

// The columns of a list: a heading, and the text of a value's tally.
function columnsOf(section, answer, fleet) {
  const sources = { heading: format.capital(fleet.unit), text: (tally) => format.whole(tally.sources) };
  const share = { heading: 'Share', text: (tally) => format.share(tally.sources, answer.sources) };
  const sums = { heading: section.sums, text: (tally) => format.quantity(tally.sum) };
  if (section.bar === 'sum') {
    return [sums, { heading: 'Share', text: (tally) => format.share(tally.sum, answer.sum) }];
  }
  if (section.sums) {
    return [sources, sums];
  }
  // How large the sources are: told where a value is what they are.
  const size = fleet.figures.find(({ peak }) => peak && answer.values.some((tally) => tally[peak] !== undefined));
  return size ? [sources, share, { heading: format.capital(size.shown), text: (tally) => (tally[size.peak] === null ? '–'
    : format.quantity(tally[size.peak])) }] : [sources, share];
}

// Fills `host` with the values of a breakdown's answer. `swatch` gives a value's colour property, where there is one to
// show instead of a bar; `trend` its sparkline, or null.
export function valueTable(section, answer, host, { fleet, swatch = null, trend = () => null }) {
  const columns = columnsOf(section, answer, fleet);
  const table = headedTable(section.title, ['Value', ...columns.map((column) => column.heading), 'Trend']);
  const measure = (tally) => (section.bar === 'sum' ? tally.sum : tally.sources);
  const most = answer.values.reduce((max, tally) => Math.max(max, measure(tally)), 0);
  // Of what an upgrade has left behind there are sums, but no source any more.
  const values = answer.values.filter((tally) => measure(tally) > 0);
  if (values.length === 0) {
    host.replaceChildren(make('p', { className: 'nothing' }, 'Nobody reported it in this period.'));
    return;
  }
  if (section.order === 'value') {
    values.sort((a, b) => format.compareValues(a.value, b.value));
  } else if (section.bar === 'sum') {
    values.sort((a, b) => b.sum - a.sum);
  }
  const nameOf = section.nameOf ?? ((value) => value);
  const row = (tally) => {
    const name = make('span', { className: 'name' }, nameOf(tally.value));
    const mark = swatch ? make('span', { className: 'swatch', 'aria-hidden': 'true' }) : null;
    if (mark) {
      mark.style.backgroundColor = `var(${swatch(tally.value)})`;
    }
    return make('tr', {}, make('th', { scope: 'row' }, mark, name, swatch ? null : bar(measure(tally), most)),
      ...columns.map((column) => make('td', {}, column.text(tally))),
      make('td', { className: 'trend-cell' }, trend(tally.value)));
  };
  const more = fold(table, values, row, { unit: 'values' });
  host.replaceChildren(table, ...(more ? [more] : []));
  if (answer.other) {
    host.append(make('p', { className: 'rest' }, `and ${format.count(answer.other.values, 'values')} more`));
  }
}
