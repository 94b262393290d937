// A figure over months or over days, as one chart.

import { csvAddress, getJson } from './api.js';
import { dayLine, monthBars } from './chart_configs.js';
import { ChartView, loadLibrary } from './charts.js';
import { plainTable, setText } from './dom.js';
import * as format from './format.js';
import { firstDayText, lastDayText, monthText, parseMonth } from './months.js';
import { Panel } from './panel.js';

// The most months that a chart shows.
const MONTHS_SHOWN = 24;

// The months that charts show: the latest, unless the chosen one is long ago.
export function shownMonths({ first, last, month }) {
  const to = last - month < MONTHS_SHOWN ? last : month + Math.floor(MONTHS_SHOWN / 2);
  return { from: Math.max(first, to - MONTHS_SHOWN + 1), to };
}

// What the steps of an answer are worth: sources, or the honest sum where there is one.
const valuesOf = (figure, trend) => (figure.counts === 'sources' ? trend.sources
  : figure.peak ? trend.peaks : trend.sums);

// The last step of which something is known.
function lastKnown(values) {
  for (let i = values.length - 1; i >= 0; i -= 1) {
    if (values[i] !== null) {
      return i;
    }
  }
  return -1;
}

function summary(title, names, values) {
  const known = values.flatMap((value, i) => (value === null ? [] : [i]));
  if (known.length === 0) {
    return `${title}: nothing is known of these.`;
  }
  const [first, last] = [known[0], known[known.length - 1]];
  return `${title}: ${format.whole(values[first])} in ${names[first]}, ${format.whole(values[last])} in ${names[last]}.`;
}

class Trend {
  constructor(fleet, figure, { step, title, note }) {
    this.fleet = fleet;
    this.figure = figure;
    this.step = step;
    this.panel = new Panel({ title, note, room: 'chart-room', className: 'trend' });
    this.element = this.panel.element;
    this.element.dataset.trend = `${figure.name}-${step}`;
    this.view = new ChartView();
    this.panel.content.append(this.view.element);
    this.panel.addTable(() => plainTable(title, [step === 'day' ? 'Day' : 'Month', figure.unit],
      this.values.map((value, i) => [this.final[i] ? this.names[i] : `${this.names[i]}, so far`,
        value === null ? 'not known' : format.whole(value)]).reverse()));
  }

  load(context, range) {
    const parameters = { fleet: this.fleet.name, metric: this.figure.metric, step: this.step, ...range };
    this.panel.setCsv(csvAddress('trend', parameters));
    return this.panel.load(context, JSON.stringify([range, context.month, context.period]),
      async (signal) => (await Promise.all([getJson('trend', parameters, signal), loadLibrary()]))[0],
      (trend) => this.show(trend, context));
  }

  show(trend, context) {
    this.values = valuesOf(this.figure, trend);
    this.final = trend.final;
    this.names = trend.steps.map((text) => this.nameOf(text));
    const last = lastKnown(this.values);
    setText(this.panel.lead, last < 0 ? '' : `${format.whole(this.values[last])} ${this.step === 'day' ? 'on' : 'in'} ${this.names[last]}`);
    const ticks = this.ticksOf(trend.steps);
    const texts = {
      tick: (i) => ticks[i],
      title: (i) => (this.final[i] ? this.names[i] : `${this.names[i]}, so far`),
      line: (i) => ` ${format.count(this.values[i], this.figure.unit)}`,
    };
    this.view.show(summary(this.panel.heading.textContent, this.names, this.values),
      () => this.config(trend, texts, context));
    this.panel.fillTable();
  }
}

export class MonthTrend extends Trend {
  nameOf(text) { return format.monthName(parseMonth(text)); }
  ticksOf(steps) { return format.monthTicks(steps.map(parseMonth)); }

  update(context) {
    const { from, to } = shownMonths(context);
    return this.load(context, { from: monthText(from), to: monthText(to) });
  }

  config(trend, texts, context) {
    const months = trend.steps.map(parseMonth);
    return monthBars({ values: this.values, final: this.final, texts,
      isChosen: (i) => months[i] <= context.month && months[i] > context.month - context.months,
      onPick: (i) => context.choose({ month: months[i] }) });
  }
}

export class DayTrend extends Trend {
  nameOf(text) { return format.day(text); }
  ticksOf(steps) { return steps.map(format.dayShort); }

  update(context) {
    const from = Math.max(context.first, context.month - context.months + 1);
    return this.load(context, { from: firstDayText(from), to: lastDayText(context.month) });
  }

  config(trend, texts) {
    return dayLine({ values: this.values, final: this.final, texts });
  }
}
