// Charts on a canvas, drawn by Chart.js, in the colours of the page, which may change at any time.

import { make } from './dom.js';

let library = null;

// Chart.js, fetched once; after a failure the next call tries again.
export function loadLibrary() {
  library ??= new Promise((resolve, reject) => {
    const script = make('script', { src: new URL('chart.min.js', import.meta.url).href });
    script.addEventListener('load', () => {
      setDefaults(globalThis.Chart);
      resolve(globalThis.Chart);
    });
    script.addEventListener('error', () => {
      library = null;
      script.remove();
      reject(new Error('The server did not send the program that draws charts.'));
    });
    document.head.append(script);
  });
  return library;
}

const moves = matchMedia('(prefers-reduced-motion: no-preference)');

function setDefaults(Chart) {
  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 12;
  Chart.defaults.responsive = true;
  Chart.defaults.maintainAspectRatio = false;
  Chart.defaults.plugins.legend.display = false;
}

// Of a custom property of the page, such as "--accent".
export function color(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

const shown = new Set();

function redrawAll() {
  shown.forEach((view) => view.draw());
}

for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)', 'print']) {
  matchMedia(query).addEventListener('change', redrawAll);
}

export class ChartView {
  constructor() {
    this.canvas = make('canvas', { role: 'img' });
    this.element = make('div', { className: 'chart' }, this.canvas);
    this.chart = null;
  }

  // `makeConfig` is called now, and whenever colours change. `label` says in words what is to be seen.
  show(label, makeConfig) {
    this.canvas.setAttribute('aria-label', label);
    this.makeConfig = makeConfig;
    shown.add(this);
    this.draw();
  }

  draw() {
    const config = this.makeConfig();
    config.options.animation = moves.matches ? { duration: 250 } : false;
    if (this.chart) {
      this.chart.data = config.data;
      this.chart.options = config.options;
      this.chart.update();
    } else {
      this.chart = new globalThis.Chart(this.canvas, config);
    }
  }
}
