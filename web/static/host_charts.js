// The four charts of a host.

import { timeLine } from './chart_configs.js';
import { ChartView } from './charts.js';
import { make, plainTable, setText } from './dom.js';
import * as format from './format.js';
import { Panel } from './panel.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;

// In seconds. `tick` is what stands between two labels of the axis.
export const RANGES = new Map([
  ['30m', { label: 'the last 30 minutes', span: 30 * MINUTE, step: MINUTE, tick: 5 * MINUTE }],
  ['1h', { label: 'the last hour', span: HOUR, step: MINUTE, tick: 10 * MINUTE }],
  ['6h', { label: 'the last 6 hours', span: 6 * HOUR, step: 5 * MINUTE, tick: HOUR }],
  ['24h', { label: 'the last 24 hours', span: 24 * HOUR, step: 15 * MINUTE, tick: 4 * HOUR }],
]);

const FIGURES = [
  { name: 'requests_sec', title: 'Requests a second', unit: '', color: '--accent', least: 1 },
  { name: 'p99_ms', title: '99th percentile', unit: ' ms', color: '--accent', least: 1,
    note: 'Of a hundred requests one took longer.' },
  { name: 'error_rate', title: 'Errors', unit: ' %', color: '--down', least: 1, most: 100,
    note: 'Of the requests since the sample before.' },
  { name: 'active_backends', title: 'Active backends', unit: '', color: '--accent', least: 2, whole: true, stepped: true },
];

class HostChart {
  constructor(figure) {
    this.figure = figure;
    this.panel = new Panel({ title: figure.title, note: figure.note, room: 'chart-room', className: 'host-chart',
      level: 2 });
    this.element = this.panel.element;
    this.element.dataset.figure = figure.name;
    this.view = new ChartView();
    this.nothing = make('p', { className: 'nothing', hidden: true });
    this.panel.content.append(this.view.element, this.nothing);
    this.panel.addTable(() => plainTable(figure.title, ['Time, UTC', figure.title],
      [...this.samples].reverse().map((sample) => [format.timeOfDay(sample.ts), this.text(sample)])));
  }

  text(sample) {
    return format.quantity(sample[this.figure.name]) + this.figure.unit;
  }

  show(host, range, samples, now) {
    const { figure } = this;
    const { label, span, step, tick } = RANGES.get(range);
    this.samples = samples;
    const last = samples[samples.length - 1];
    setText(this.panel.lead, last ? this.text(last) : '–');
    this.nothing.hidden = samples.length > 0;
    this.view.element.hidden = samples.length === 0;
    setText(this.nothing, `No samples in ${label}.`);
    if (last) {
      const values = samples.map((sample) => sample[figure.name]);
      const words = `${figure.title} of ${host} in ${label}: ${this.text(last)} at ` +
        `${format.timeOfDay(last.ts)}, at most ${format.quantity(Math.max(...values))}${figure.unit}.`;
      this.view.show(words, () => timeLine({
        points: samples.map((sample) => ({ x: sample.ts, y: sample[figure.name] })),
        from: now - span, to: now, step, tick, color: figure.color, least: figure.least, most: figure.most,
        whole: figure.whole, stepped: figure.stepped,
        time: format.timeOfDay, text: (i) => this.text(samples[i]),
      }));
    }
    this.panel.fillTable();
    this.element.classList.add('loaded');
    this.element.setAttribute('aria-busy', 'false');
  }
}

export class HostCharts {
  constructor(room) {
    this.charts = FIGURES.map((figure) => new HostChart(figure));
    room.append(...this.charts.map((chart) => chart.element));
  }

  show(host, range, samples, now) {
    this.charts.forEach((chart) => chart.show(host, range, samples, now));
  }

  // Others are on their way; those that are there stay, paler.
  wait() {
    this.charts.forEach(({ element }) => element.setAttribute('aria-busy', 'true'));
  }

  // Nothing is on its way any more, and the page says why.
  stale() {
    this.charts.forEach(({ element }) => element.setAttribute('aria-busy', 'false'));
  }
}
