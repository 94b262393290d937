// Panels of a label's values: as a list with bars, as a list beside their share over the months, and
// the capacity of the fleet.

import { csvAddress, getJson } from './api.js';
import { OTHER, RAMP, rampOf, shareBars } from './chart_configs.js';
import { ChartView, loadLibrary } from './charts.js';
import { make, plainTable, setText } from './dom.js';
import * as format from './format.js';
import { monthText, parseMonth } from './months.js';
import { Panel } from './panel.js';
import { RESOURCES } from './sections.js';
import { shownMonths } from './trends.js';

const ROWS_SHOWN = 8;
const ROWS_FETCHED = 100;
const VALUES_IN_CHART = RAMP.length;
const WORTH_A_COLOUR = 0.02;

const plainName = (section, value) => section.plain?.exec(value)?.[1] ?? value;

export function bar(part, most) {
  const fill = make('span', { className: 'bar-fill' });
  fill.style.width = `${most > 0 ? Math.max((part / most) * 100, part > 0 ? 0.8 : 0) : 0}%`;
  return make('span', { className: 'bar', 'aria-hidden': 'true' }, fill);
}

// Rows of a table, of which a few are shown until somebody wants them all.
export function fold(table, rows, unit, host) {
  table.tBodies[0].replaceChildren(...rows);
  if (rows.length <= ROWS_SHOWN + 1) {
    return;
  }
  const button = make('button', { type: 'button', className: 'more', 'aria-expanded': 'false' });
  const set = (open) => {
    rows.slice(ROWS_SHOWN).forEach((row) => { row.hidden = !open; });
    setText(button, open ? 'Show fewer' : `Show all ${format.count(rows.length, unit)}`);
    button.setAttribute('aria-expanded', String(open));
  };
  button.addEventListener('click', () => set(button.getAttribute('aria-expanded') === 'false'));
  set(false);
  host.append(button);
}

export function headedTable(caption, headings) {
  return make('table', { className: 'bars' }, make('caption', { className: 'unseen' }, caption),
    make('thead', {}, make('tr', {}, ...headings.map((text) => make('th', { scope: 'col' }, text)))), make('tbody'));
}

function parametersOf(fleet, section, context) {
  return { fleet: fleet.name, metric: section.metric, by: section.label, month: monthText(context.month),
    periods: context.months };
}

const keyOf = (context) => `${context.month} ${context.period}`;

// The columns of a list: a heading, and the text of a value's tally.
function columnsOf(section, answer) {
  const clusters = { heading: 'Clusters', text: (tally) => format.whole(tally.sources) };
  const sums = { heading: section.sums, text: (tally) => format.quantity(tally.sum) };
  if (section.bar === 'sum') {
    return [sums, { heading: 'Share', text: (tally) => format.share(tally.sum, answer.sum) }];
  }
  return [section.sums ? sums : null, clusters,
    section.sums ? null : { heading: 'Share', text: (tally) => format.share(tally.sources, answer.sources) },
  ].filter((column) => column !== null);
}

// `swatch` gives a value's colour property, where there is one to show instead of a bar.
export function valueTable(section, answer, host, swatch = null) {
  const columns = columnsOf(section, answer);
  const table = headedTable(`${section.title}`, ['Value', ...columns.map((column) => column.heading)]);
  const measure = (tally) => (section.bar === 'sum' ? tally.sum : tally.sources);
  const most = Math.max(...answer.values.map(measure), 0);
  // Of what an upgrade has left behind there are sums, but no source any more.
  const values = answer.values.filter((tally) => measure(tally) > 0);
  if (section.order === 'value') {
    values.sort((a, b) => format.compareValues(a.value, b.value));
  }
  const row = (name, tally, mark) => make('tr', {}, make('th', { scope: 'row' }, mark, ...name),
    ...columns.map((column) => make('td', {}, column.text(tally))));
  const rows = values.map((tally) => {
    const name = make('span', { className: 'name' }, plainName(section, tally.value));
    if (swatch) {
      const mark = make('span', { className: 'swatch', 'aria-hidden': 'true' });
      mark.style.backgroundColor = `var(${swatch(tally.value)})`;
      return row([name], tally, mark);
    }
    return row([name, bar(measure(tally), most)], tally, null);
  });
  host.replaceChildren(table);
  fold(table, rows, 'values', host);
  if (values.length === 0) {
    host.replaceChildren(make('p', { className: 'nothing' }, 'Nobody reported it in this period.'));
  } else if (answer.other) {
    host.append(make('p', { className: 'rest' },
      `and ${format.count(answer.other.values, 'values')} more, all of them in the CSV`));
  }
}

export class BreakdownPanel {
  constructor(fleet, section) {
    this.fleet = fleet;
    this.section = section;
    this.panel = new Panel({ title: section.title, note: section.note, room: 'list-room' });
    this.element = this.panel.element;
    this.element.dataset.breakdown = section.label;
  }

  update(context) {
    const parameters = parametersOf(this.fleet, this.section, context);
    this.panel.setCsv(csvAddress('breakdown', parameters));
    return this.panel.load(context, keyOf(context),
      (signal) => getJson('breakdown', { ...parameters, top: ROWS_FETCHED }, signal), (answer) => this.show(answer));
  }

  show(answer) { valueTable(this.section, answer, this.panel.content); }
}

// The values that a chart tells apart: those that matter in the last month, a new one among them,
// then those that did before, the more the later.
function valuesInChart(trend) {
  const last = trend.steps.length - 1;
  const weight = ({ sources }) => sources.reduce((sum, count, i) => sum + (count ?? 0) * (i + 1), 0);
  const matters = ({ sources }) => sources[last] >= trend.sources[last] * WORTH_A_COLOUR && sources[last] > 0;
  return [...trend.values].sort((a, b) => matters(b) - matters(a) || weight(b) - weight(a)).slice(0, VALUES_IN_CHART);
}

// A list beside the share of each value over the months. For labels of which a source has one value.
export class AdoptionPanel {
  constructor(fleet, section) {
    this.fleet = fleet;
    this.section = section;
    this.panel = new Panel({ title: section.title, note: section.note, className: 'adoption' });
    this.element = this.panel.element;
    this.element.dataset.adoption = section.label;
    this.view = new ChartView();
    this.list = make('div', { className: 'list-room' });
    this.panel.content.append(make('div', { className: 'chart-room' }, this.view.element), this.list);
    this.panel.addTable(() => plainTable(`${section.title} by month`, ['Month', ...this.series.map(({ name }) => name)],
      this.months.map((month, i) => [format.monthName(month), ...this.series.map(({ counts }) => this.cell(counts[i]))])
        .reverse()));
  }

  cell(count) { return count === null ? 'not known' : format.whole(count); }

  update(context) {
    const { from, to } = shownMonths(context);
    const { metric, label } = this.section;
    const over = { fleet: this.fleet.name, metric, by: label, step: 'month', from: monthText(from), to: monthText(to) };
    this.panel.setCsv(csvAddress('trend', { ...over, top: ROWS_FETCHED }));
    return this.panel.load(context, keyOf(context), (signal) => Promise.all([
      getJson('trend', { ...over, top: ROWS_FETCHED }, signal),
      getJson('breakdown', { ...parametersOf(this.fleet, this.section, context), top: ROWS_FETCHED }, signal),
      loadLibrary(),
    ]), ([trend, answer]) => this.show(trend, answer));
  }

  show(trend, answer) {
    const shown = valuesInChart(trend);
    const ramp = rampOf(shown.map(({ value }) => value));
    const others = [...trend.values.filter((one) => !shown.includes(one)), ...(trend.other ? [trend.other] : [])];
    this.months = trend.steps.map(parseMonth);
    this.series = [
      ...(others.length > 0 ? [{ name: 'Others', color: OTHER, counts: trend.steps.map((_, i) => (
        others[0].sources[i] === null ? null : others.reduce((sum, { sources }) => sum + sources[i], 0))) }] : []),
      ...[...ramp].map(([value, name]) => ({ name: value, color: name,
        counts: trend.values.find((one) => one.value === value).sources })),
    ];
    const totals = this.months.map((_, i) => this.series.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0));
    this.series.forEach((one) => {
      one.values = one.counts.map((count, i) => (totals[i] > 0 ? count / totals[i] : null));
    });
    const ticks = format.monthTicks(this.months);
    const texts = {
      tick: (i) => ticks[i],
      title: (i) => format.monthName(this.months[i]) + (trend.final[i] ? '' : ', so far'),
      line: (i, at) => ` ${this.series[at].name}: ${format.share(this.series[at].counts[i], totals[i])}, ` +
        this.cell(this.series[at].counts[i]),
    };
    const newest = this.series[this.series.length - 1];
    this.view.show(newest ? `${this.section.title}: share of clusters by month, from ` +
      `${this.series.map(({ name }) => name).join(', ')}.` : `${this.section.title}: nothing was reported.`,
    () => shareBars({ series: this.series, months: this.months, texts }));
    valueTable(this.section, answer, this.list, (value) => ramp.get(value) ?? OTHER);
    this.panel.fillTable();
  }
}

export class CapacityPanel extends BreakdownPanel {
  show(answer) {
    const table = headedTable(this.section.title, ['Resource', 'Total', 'Per cluster', 'Clusters']);
    table.classList.add('capacity');
    const known = [...RESOURCES.keys()];
    const place = (name) => (known.includes(name) ? known.indexOf(name) : known.length);
    const rows = [...answer.values].sort((a, b) => place(a.value) - place(b.value) || b.sources - a.sources)
      .map(({ value, sum, sources }) => {
        const { name, bytes } = RESOURCES.get(value) ?? { name: value };
        const text = bytes ? format.bytes : format.quantity;
        const average = sources > 0 ? sum / sources : 0;
        return make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, text(sum)),
          make('td', {}, bytes ? format.bytes(average) : format.tenth(average)),
          make('td', {}, format.whole(sources)));
      });
    this.panel.content.replaceChildren(table);
    fold(table, rows, 'resources', this.panel.content);
  }
}

