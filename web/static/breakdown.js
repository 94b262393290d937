// Panels of a label's values: as a list with bars, as a list below their share over the months, and as amounts of
// different things.

import { csvAddress, getJson, getKnown } from './api.js';
import { shareBars } from './chart_configs.js';
import { loadLibrary } from './charts.js';
import { OTHER, rampOf, valuesWorthAColour } from './colours.js';
import { make, plainTable } from './dom.js';
import * as format from './format.js';
import { monthText, parseMonth, periodParameters } from './months.js';
import { Panel } from './panel.js';
import { Plot } from './plot.js';
import { sparklinesOf } from './sparkline.js';
import { fold, headedTable, valueTable } from './tables.js';
import { shownMonths } from './trends.js';

const ROWS_FETCHED = 1000;
const VALUES_OF_TREND = 100;

const NOTHING = { sources: 0, sum: 0, values: [], other: null };
const NO_TREND = { steps: [], final: [], sources: [], values: [], other: null };

export const keyOf = (context) => `${context.period} ${context.month}`;

export function parametersOf(fleet, { metric, label }, context) {
  return { fleet: fleet.name, metric, by: label, ...periodParameters(context) };
}

export function trendParametersOf(fleet, { metric, label }, context) {
  const { from, to } = shownMonths(context);
  return { fleet: fleet.name, metric, by: label, step: 'month', from: monthText(from), to: monthText(to),
    top: VALUES_OF_TREND };
}

// The values of the period, and what they were month by month. A metric or label that was not reported then has none.
export function fetchValues(fleet, section, context, signal) {
  return Promise.all([
    getKnown('breakdown', { ...parametersOf(fleet, section, context), top: ROWS_FETCHED }, signal, NOTHING),
    getKnown('trend', trendParametersOf(fleet, section, context), signal, NO_TREND),
  ]);
}

export const valuesIn = (answer) => answer.values.length + (answer.other ? 1 : 0);

// All values without a colour of their own, as one: none, or a list of one series.
export function othersOf(trend, coloured) {
  const rest = [...trend.values.filter((one) => !coloured.has(one)), ...(trend.other ? [trend.other] : [])];
  const values = rest.length - (trend.other ? 1 - trend.other.values : 0);
  return rest.length === 0 ? [] : [{ name: `Other (${format.count(values, 'values')})`, color: OTHER,
    counts: trend.steps.map((_, i) => (rest[0].sources[i] === null ? null
      : rest.reduce((sum, { sources }) => sum + sources[i], 0))) }];
}

export class BreakdownPanel {
  constructor(fleet, section, level) {
    this.fleet = fleet;
    this.section = section;
    this.panel = new Panel({ title: section.title, note: section.note, room: 'list-room', level });
    this.element = this.panel.element;
    this.element.dataset.breakdown = section.label;
  }

  update(context) {
    return this.panel.load(context, keyOf(context), (signal) => fetchValues(this.fleet, this.section, context, signal),
      ([answer, trend]) => {
        this.panel.setCsv(csvAddress('breakdown', parametersOf(this.fleet, this.section, context)),
          format.count(valuesIn(answer), 'values'));
        this.show(answer, sparklinesOf(trend, (row) => this.read(row), context));
      });
  }

  read({ sources, sums }) { return this.section.bar === 'sum' ? sums : sources; }

  show(answer, trend) { valueTable(this.section, answer, this.panel.content, { fleet: this.fleet, trend }); }
}

// A list below the share of each value over the months. For labels of which a source has one value.
export class AdoptionPanel {
  constructor(fleet, section, level) {
    this.fleet = fleet;
    this.section = section;
    this.panel = new Panel({ title: section.title, note: section.note, className: 'adoption', level });
    this.element = this.panel.element;
    this.element.dataset.adoption = section.label;
    this.plot = new Plot();
    this.list = make('div', { className: 'list-room' });
    this.panel.content.append(this.plot.element, this.list);
    this.panel.addTable(() => plainTable(`${section.title} by month`, ['Month', ...this.series.map(({ name }) => name)],
      this.months.map((month, i) => [format.monthName(month), ...this.series.map(({ counts }) => this.cell(counts[i]))])
        .reverse()));
  }

  cell(count) { return count === null ? 'not known' : format.whole(count); }

  update(context) {
    return this.panel.load(context, keyOf(context), async (signal) => (await Promise.all([
      fetchValues(this.fleet, this.section, context, signal), loadLibrary()]))[0], ([answer, trend]) => {
      this.panel.setCsv(csvAddress('trend', trendParametersOf(this.fleet, this.section, context)),
        `${format.count(trend.steps.length, 'months')} × ${format.count(valuesIn(trend), 'values')}`);
      this.show(trend, answer, context);
    });
  }

  show(trend, answer, context) {
    this.months = trend.steps.map(parseMonth);
    const chosen = this.months.indexOf(context.month);
    const coloured = new Set(valuesWorthAColour(trend, chosen));
    const ramp = rampOf([...coloured].map(({ value }) => value));
    const byValue = new Map(trend.values.map((one) => [one.value, one]));
    this.series = [...othersOf(trend, coloured), ...[...ramp].map(([value, color]) => ({
      name: this.section.nameOf(value), color,
      counts: byValue.get(value).sources }))];
    const totals = this.months.map((_, i) => this.series.reduce((sum, { counts }) => sum + (counts[i] ?? 0), 0));
    this.series.forEach((one) => {
      one.values = one.counts.map((count, i) => (totals[i] > 0 ? count / totals[i] : null));
    });
    const ticks = format.monthTicks(this.months);
    const read = (i) => ({
      title: this.months.length > 0 ? format.monthName(this.months[i]) + (trend.final[i] ? '' : ', so far') : '',
      rows: [...this.series].reverse().filter(({ counts }) => counts[i] > 0).map(({ name, color, counts }) => ({ name,
        color, text: `${format.share(counts[i], totals[i])} · ${format.whole(counts[i])}` })),
    });
    this.plot.show(this.series.length > 0 ? `${this.section.title}: share of ${this.fleet.unit} by month, from ` +
      `${this.series.map(({ name }) => name).join(', ')}.` : `${this.section.title}: nothing was reported.`,
    { read, step: chosen >= 0 ? chosen : this.months.length - 1, steps: this.months.length, makeConfig: (onPoint) => shareBars({
      series: this.series, months: this.months, final: trend.final, tick: (i) => ticks[i], onPoint }) });
    valueTable(this.section, answer, this.list, { fleet: this.fleet, swatch: (value) => ramp.get(value) ?? OTHER,
      trend: sparklinesOf(trend, ({ sources }) => sources, context) });
    this.panel.fillTable();
  }
}

// Of values that are not added up: each has a unit of its own. Those that have a name come first, in the order of the names.
export class AmountsPanel extends BreakdownPanel {
  read({ sums }) { return sums; }

  show(answer, trend) {
    const { unit, one } = this.fleet;
    const { title, label, names, bytes, nameOf } = this.section;
    const table = headedTable(title, [format.capital(format.words(label)), 'Total', `Per ${one}`, format.capital(unit),
      'Trend']);
    table.classList.add('amounts');
    const known = [...names.keys()];
    const place = (value) => (known.includes(value) ? known.indexOf(value) : known.length);
    const rows = [...answer.values].sort((a, b) => place(a.value) - place(b.value) || b.sources - a.sources);
    const more = fold(table, rows, ({ value, sum, sources }) => {
      const isBytes = bytes.has(value);
      const average = sources > 0 ? sum / sources : 0;
      return make('tr', {}, make('th', { scope: 'row' }, nameOf(value)),
        make('td', {}, isBytes ? format.bytes(sum) : format.quantity(sum)),
        make('td', {}, isBytes ? format.bytes(average) : format.tenth(average)), make('td', {}, format.whole(sources)),
        make('td', { className: 'trend-cell' }, trend(value)));
    }, { unit: 'values' });
    this.panel.content.replaceChildren(...(rows.length > 0 ? [table, ...(more ? [more] : [])]
      : [make('p', { className: 'nothing' }, 'Nobody reported it in this period.')]));
  }
}
