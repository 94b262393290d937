// A figure over months or over days, as one chart.

import { csvAddress, getJson } from './api.js';
import { dayLine, monthBars } from './chart_configs.js';
import { ChartView, loadLibrary } from './charts.js';
import { make, plainTable, setText } from './dom.js';
import * as format from './format.js';
import { ROLLING, firstDayText, lastDayText, monthText, parseMonth } from './months.js';
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

// The last step of which something is known, of those that are wanted; -1 where there is none.
function lastKnown(values, isWanted = () => true) {
  for (let i = values.length - 1; i >= 0; i -= 1) {
    if (values[i] !== null && isWanted(i)) {
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
    this.unknown = make('p', { className: 'nothing', hidden: true }, `Nothing is known of these ${step}s.`);
    this.panel.content.append(this.view.element, this.unknown);
    this.panel.addTable(() => plainTable(title, [step === 'day' ? 'Day' : 'Month', figure.unit],
      this.values.map((value, i) => [this.final[i] ? this.names[i] : `${this.names[i]}, so far`,
        value === null ? 'not known' : format.whole(value)]).reverse()));
  }

  load(context, range) {
    const parameters = { fleet: this.fleet.name, metric: this.figure.metric, step: this.step, ...range };
    return this.panel.load(context, JSON.stringify([range, context.month, context.period]),
      async (signal) => (await Promise.all([getJson('trend', parameters, signal), loadLibrary()]))[0],
      (trend) => {
        this.panel.setCsv(csvAddress('trend', parameters), format.count(trend.steps.length, `${this.step}s`));
        this.show(trend, context);
      });
  }

  // The last step that is over, and what the running one has so far.
  leadText() {
    const [over, any] = [lastKnown(this.values, (i) => this.final[i]), lastKnown(this.values)];
    const at = this.step === 'day' ? 'on' : 'in';
    return [over >= 0 ? `${format.whole(this.values[over])} ${at} ${this.names[over]}` : null,
      any > over ? `${format.whole(this.values[any])} so far${over < 0 ? ` ${at} ${this.names[any]}` : ''}` : null]
      .filter((text) => text !== null).join(', ');
  }

  show(trend, context) {
    this.values = valuesOf(this.figure, trend);
    this.final = trend.final;
    this.names = trend.steps.map((text) => this.nameOf(text));
    setText(this.panel.lead, this.leadText());
    this.unknown.hidden = lastKnown(this.values) >= 0;
    this.view.element.hidden = !this.unknown.hidden;
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
      isChosen: (i) => context.period === ROLLING ||
        (months[i] <= context.month && months[i] > context.month - context.months),
      onPick: (i) => context.choose({ month: months[i] }) });
  }
}

export class DayTrend extends Trend {
  nameOf(text) { return format.day(text); }
  ticksOf(steps) { return steps.map(format.dayShort); }

  update(context) {
    if (context.period === ROLLING) {
      return this.load(context, {});  // which is the last 30
    }
    const from = Math.max(context.first, context.month - context.months + 1);
    return this.load(context, { from: firstDayText(from), to: lastDayText(context.month) });
  }

  config(trend, texts) {
    return dayLine({ values: this.values, final: this.final, texts });
  }
}
