// A chart of several values with a readout beside it: what each of them is in the step that is pointed at or, while none
// is, in the one that the page shows. It is the chart's legend as well, so it names only what is to be seen there.

import { ChartView } from './charts.js';
import { make, setText } from './dom.js';

export class Plot {
  constructor() {
    this.view = new ChartView();
    this.title = make('p', { className: 'readout-title' });
    this.rows = make('ul', { className: 'readout-rows' });
    this.element = make('div', { className: 'plot' }, make('div', { className: 'chart-room' }, this.view.element),
      make('div', { className: 'readout' }, this.title, this.rows));
  }

  // `makeConfig(onPoint)` is the chart's configuration; it calls onPoint with a step, or null. `read(step)` gives the
  // readout's title and rows of {name, color, text}, the topmost first. There is room for those of any of the `steps`:
  // nothing moves while somebody points from one to the next.
  show(label, { makeConfig, read, step, steps }) {
    const most = Math.max(0, ...Array.from({ length: steps }, (_, i) => read(i).rows.length));
    this.element.style.setProperty('--rows', most);
    const point = (at) => this.fill(read(at ?? step));
    this.view.show(label, () => makeConfig(point));
    point(null);
  }

  fill({ title, rows }) {
    setText(this.title, title);
    this.rows.replaceChildren(...rows.map(({ name, color, text }) => {
      const mark = make('span', { className: 'swatch', 'aria-hidden': 'true' });
      mark.style.backgroundColor = `var(${color})`;
      return make('li', {}, mark, make('span', { className: 'name' }, name), make('span', { className: 'number' }, text));
    }));
  }
}
