// Other labels: whatever the fleet reports that has no place of its own on the page, found out from
// what came in. A label that an operator adds is here with its first report.

import { csvAddress, getJson } from './api.js';
import { valueTable } from './breakdown.js';
import { OTHER, lines, rampOf } from './chart_configs.js';
import { ChartView, loadLibrary } from './charts.js';
import { make, newId, plainTable } from './dom.js';
import * as format from './format.js';
import { monthText, parseMonth } from './months.js';
import { Panel } from './panel.js';
import { otherLabels } from './sections.js';
import { shownMonths } from './trends.js';

const VALUES_IN_CHART = 6;
const ROWS_FETCHED = 100;

function nameOf(choice) {
  const [metric, label] = choice.split(':');
  return label ? `${metric} by ${label}` : metric;
}

export class Explorer {
  constructor(fleet, choose) {
    this.fleet = fleet;
    this.choices = otherLabels(fleet);
    this.panel = new Panel({ title: 'By label', className: 'adoption explorer' });
    this.panel.heading.className = 'unseen';
    const id = newId('label');
    this.select = make('select', { id }, ...this.choices.map((choice) => make('option', { value: choice },
      nameOf(choice))));
    this.select.addEventListener('change', () => choose({ label: this.select.value }));
    const label = make('label', {}, 'Show ');
    label.htmlFor = id;
    this.panel.heading.after(make('div', { className: 'choice' }, label, this.select));
    this.element = this.panel.element;
    this.view = new ChartView();
    this.list = make('div', { className: 'list-room' });
    this.panel.content.append(make('div', { className: 'chart-room' }, this.view.element), this.list);
    this.panel.addTable(() => plainTable(nameOf(this.select.value), ['Month', ...this.series.map(({ name }) => name)],
      this.months.map((month, i) => [format.monthName(month), ...this.series.map(({ values }) => (
        values[i] === null ? 'not known' : format.quantity(values[i])))]).reverse()));
  }

  update(context) {
    const choice = this.choices.includes(context.state.label) ? context.state.label : this.choices[0];
    this.select.value = choice;
    const [metric, by] = choice.split(':');
    const { from, to } = shownMonths(context);
    const over = { fleet: this.fleet.name, metric, by, step: 'month', from: monthText(from), to: monthText(to) };
    const within = { fleet: this.fleet.name, metric, by, month: monthText(context.month), periods: context.months,
      top: ROWS_FETCHED };
    this.panel.setCsv(csvAddress('trend', { ...over, top: by ? ROWS_FETCHED : null }));
    this.panel.note.textContent = by
      ? `Clusters by the value of ${by} in their latest report of ${metric}, in each month and in the period.`
      : `The values of ${metric}: each cluster’s most in the month, summed.`;
    return this.panel.load(context, `${choice} ${context.month} ${context.period}`, (signal) => Promise.all([
      getJson('trend', { ...over, top: by ? VALUES_IN_CHART : null }, signal),
      by ? getJson('breakdown', within, signal) : null,
      loadLibrary(),
    ]), ([trend, answer]) => this.show(trend, answer, choice));
  }

  show(trend, answer, choice) {
    this.months = trend.steps.map(parseMonth);
    const ramp = rampOf((trend.values ?? []).map(({ value }) => value));
    this.series = answer
      ? trend.values.map(({ value, sources }) => ({ name: value, values: sources, color: ramp.get(value) }))
      : [{ name: 'Sum', values: trend.sums, color: '--accent' }];
    const ticks = format.monthTicks(this.months);
    const texts = {
      tick: (i) => ticks[i],
      title: (i) => format.monthName(this.months[i]) + (trend.final[i] ? '' : ', so far'),
      line: (i, at) => ` ${this.series[at].name}: ${format.quantity(this.series[at].values[i])}`,
    };
    this.view.show(`${nameOf(choice)}, by month: ${this.series.map(({ name }) => name).join(', ')}.`,
      () => lines({ series: this.series, months: this.months, texts }));
    if (answer) {
      const section = { title: nameOf(choice) };
      valueTable(section, answer, this.list, (value) => ramp.get(value) ?? OTHER);
    } else {
      this.list.replaceChildren();
    }
    this.panel.fillTable();
  }
}
