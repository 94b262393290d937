// Parts that several views of records have in common.

import { csvAddress, getJson } from './api.js';
import { countBars } from './chart_configs.js';
import { ChartView, loadLibrary } from './charts.js';
import { make, plainTable } from './dom.js';
import * as format from './format.js';
import { Panel } from './panel.js';
import { bar, fold, headedTable } from './tables.js';

// Colours of series, the strongest first; further ones are that of the rest.
const COLOURS = ['--ramp-6', '--ramp-b-5', '--ramp-c-5', '--ramp-3', '--ramp-b-3', '--ramp-c-3', '--ramp-8', '--ramp-b-7'];
export const seriesColour = (i) => COLOURS[i] ?? '--ramp-other';

const ROWS_SHOWN = 15;

// A panel for one view's answer, which it loads by itself; `what` is the name of the endpoint. `rows(answer)` says how many
// rows its CSV has.
export class ViewPanel {
  constructor({ title, note, what }) {
    this.what = what;
    this.panel = new Panel({ title, note, level: 2 });
    this.element = this.panel.element;
  }

  load({ signal, again, onFailure }, parameters, render, rows) {
    const name = `records/${this.what}`;
    const key = JSON.stringify(parameters);
    return this.panel.load({ signal, again, onFailure }, key, async (wanted) => {
      const [answer] = await Promise.all([getJson(name, parameters, wanted), loadLibrary()]);
      return answer;
    }, (answer) => {
      render(answer);
      this.panel.setCsv(csvAddress(name, parameters), format.count(rows(answer), 'rows'));
      this.panel.fillTable?.();
    });
  }
}

// A chart of counts with a legend, and a table of the same. `series`: {name, values, color}.
export class CountChart {
  // `heading` is that of the steps.
  constructor(panel, heading) {
    this.view = new ChartView();
    this.legend = make('ul', { className: 'legend' });
    this.element = make('div', {}, make('div', { className: 'chart-room' }, this.view.element), this.legend);
    this.data = { labels: [], series: [] };
    panel.addTable(() => plainTable(panel.heading.textContent, [heading, ...this.data.series.map(({ name }) => name)],
      this.data.labels.map((label, i) => [label, ...this.data.series.map(({ values }) => format.whole(values[i]))])));
  }

  show(words, labels, series) {
    this.data = { labels, series };
    this.view.show(words, () => countBars({ labels, series }));
    this.legend.hidden = series.length < 2;
    this.legend.replaceChildren(...series.map(({ name, color }) => {
      const mark = make('span', { className: 'swatch', 'aria-hidden': 'true' });
      mark.style.backgroundColor = `var(${color})`;
      return make('li', {}, mark, name);
    }));
  }
}

// Fills `host` with counts and bars. `rows`: {name, href, count}, the largest first; `all` is what shares are of.
export function countTable(host, caption, headings, rows, all) {
  if (rows.length === 0) {
    host.replaceChildren(make('p', { className: 'nothing' }, 'There are none.'));
    return;
  }
  const table = headedTable(caption, [...headings, 'Share']);
  const most = Math.max(...rows.map(({ count }) => count));
  const more = fold(table, rows, ({ name, href, count }) => make('tr', {},
    make('th', { scope: 'row' }, make('span', { className: 'name' }, href ? make('a', { href }, name) : name), bar(count, most)),
    make('td', {}, format.whole(count)), make('td', {}, format.share(count, all))), { unit: 'rows', shown: ROWS_SHOWN });
  host.replaceChildren(table, ...(more ? [more] : []));
}

// A table with so many columns that it scrolls by itself. `rows` are lists of nodes or texts.
export function wideTable(caption, headings, rows) {
  const cell = (content, i) => (i === 0 ? make('th', { scope: 'row' }, content) : make('td', {}, content));
  return make('div', { className: 'table-box scrolls', tabIndex: 0, role: 'group', 'aria-label': caption },
    make('table', { className: 'plain' }, make('caption', { className: 'unseen' }, caption),
      make('thead', {}, make('tr', {}, ...headings.map((text) => make('th', { scope: 'col' }, text)))),
      make('tbody', {}, ...rows.map((row) => make('tr', {}, ...row.map(cell))))));
}

export const recordsAddress = (filter) => `?${new URLSearchParams(filter)}`;
