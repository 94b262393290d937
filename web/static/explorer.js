// Other labels: whatever the fleet reports that has no place of its own on the page, found out from
// what came in. A label that an operator adds is here with its first report.

import { csvAddress, getJson } from './api.js';
import { fetchValues, keyOf, othersOf, trendParametersOf, valuesIn } from './breakdown.js';
import { lines } from './chart_configs.js';
import { loadLibrary } from './charts.js';
import { OTHER, rampOf } from './colours.js';
import { make, newId, plainTable, setText } from './dom.js';
import * as format from './format.js';
import { parseMonth } from './months.js';
import { Panel } from './panel.js';
import { Plot } from './plot.js';
import { otherLabels } from './sections.js';
import { sparklinesOf } from './sparkline.js';
import { valueTable } from './tables.js';

const VALUES_IN_CHART = 6;

// A metric may have colons in its name, a label has none.
function partsOf(choice) {
  const at = choice.lastIndexOf(':');
  return [choice.slice(0, at), choice.slice(at + 1)];
}

function nameOf(choice) {
  const [metric, label] = partsOf(choice);
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
    this.plot = new Plot();
    this.list = make('div', { className: 'list-room' });
    this.panel.content.append(this.plot.element, this.list);
    this.panel.addTable(() => plainTable(nameOf(this.select.value), ['Month', ...this.series.map(({ name }) => name)],
      this.months.map((month, i) => [format.monthName(month), ...this.series.map(({ values }) => (
        values[i] === null ? 'not known' : format.quantity(values[i])))]).reverse()));
  }

  update(context) {
    const choice = this.choices.includes(context.state.label) ? context.state.label : this.choices[0];
    this.select.value = choice;
    const [metric, label] = partsOf(choice);
    const section = { title: nameOf(choice), metric, label };
    const over = trendParametersOf(this.fleet, section, context);
    setText(this.panel.note, label
      ? `${format.capital(this.fleet.unit)} by the value of ${label} in their latest report of ${metric}, in each month and in the period.`
      : `The values of ${metric}: the most of each in the month, summed.`);
    return this.panel.load(context, `${choice} ${keyOf(context)}`, (signal) => Promise.all([
      label ? fetchValues(this.fleet, section, context, signal) : getJson('trend', { ...over, top: null }, signal)
        .then((trend) => [null, trend]),
      loadLibrary(),
    ]), ([[answer, trend]]) => {
      const months = format.count(trend.steps.length, 'months');
      this.panel.setCsv(csvAddress('trend', label ? over : { ...over, top: null }),
        label ? `${months} × ${format.count(valuesIn(trend), 'values')}` : months);
      this.show(trend, answer, section, context);
    });
  }

  show(trend, answer, section, context) {
    this.months = trend.steps.map(parseMonth);
    const shown = (trend.values ?? []).slice(0, VALUES_IN_CHART);
    const ramp = rampOf(shown.map(({ value }) => value));
    this.series = answer
      ? [...othersOf(trend, new Set(shown)).map(({ counts, ...one }) => ({ ...one, values: counts })),
        ...shown.map(({ value, sources }) => ({ name: value, values: sources, color: ramp.get(value) }))]
      : [{ name: 'Sum', values: trend.sums, color: '--accent' }];
    const ticks = format.monthTicks(this.months);
    const chosen = this.months.indexOf(context.month);
    const read = (i) => ({
      title: this.months.length > 0 ? format.monthName(this.months[i]) + (trend.final[i] ? '' : ', so far') : '',
      rows: this.series.filter(({ values }) => values[i] !== null && values[i] !== undefined && values[i] !== 0)
        .sort((a, b) => b.values[i] - a.values[i])
        .map(({ name, color, values }) => ({ name, color, text: format.quantity(values[i]) })),
    });
    this.plot.show(`${section.title}, by month: ${this.series.map(({ name }) => name).join(', ')}.`,
      { read, step: chosen >= 0 ? chosen : this.months.length - 1, steps: this.months.length, makeConfig: (onPoint) => lines({
        series: this.series, months: this.months, final: trend.final, tick: (i) => ticks[i], onPoint }) });
    if (answer) {
      valueTable(section, answer, this.list, { fleet: this.fleet, swatch: (value) => ramp.get(value) ?? OTHER,
        trend: sparklinesOf(trend, ({ sources }) => sources, context) });
    } else {
      this.list.replaceChildren();
    }
    this.panel.fillTable();
  }
}
