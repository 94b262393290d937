// What a fleet runs: one row for each kind, with a bar for how many clusters have any. Sorted and
// searched on the spot, and both are in the address.

import { csvAddress, getJson } from './api.js';
import { bar } from './breakdown.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { monthText } from './months.js';
import { Panel } from './panel.js';

const ROWS_FETCHED = 1000;

const ORDERS = {
  clusters: (a, b) => b.nonzero - a.nonzero || b.sum - a.sum || a.value.localeCompare(b.value),
  instances: (a, b) => b.sum - a.sum || b.nonzero - a.nonzero || a.value.localeCompare(b.value),
  name: (a, b) => a.value.localeCompare(b.value),
};

export class Applications {
  // `breakdown` is one of the fleet's.
  constructor(fleet, breakdown, title, choose) {
    this.fleet = fleet;
    this.breakdown = breakdown;
    this.kinds = [];
    this.panel = new Panel({ title, className: 'applications', note: 'Clusters whose latest report lists the kind and that ran at least one in the period; instances: each ' +
      'cluster’s most in the period, summed. The bar is the share of all clusters that report applications.' });
    this.element = this.panel.element;
    this.search = make('input', { type: 'search', placeholder: 'Search', 'aria-label': `Search ${title.toLowerCase()}`,
      autocomplete: 'off', spellcheck: false });
    this.search.addEventListener('input', () => choose({ q: this.search.value }, { replace: true }));
    this.panel.heading.className = 'unseen';
    this.panel.heading.after(this.search);
    this.makeTable(title, choose);
    this.found = make('p', { className: 'rest', role: 'status' });
    this.panel.content.append(make('div', { className: 'table-room' }, this.table), this.found);
  }

  makeTable(title, choose) {
    this.headings = new Map();
    const heading = (sort, text) => {
      const button = make('button', { type: 'button', className: 'sort' }, text);
      button.addEventListener('click', () => choose({ sort }));
      const cell = make('th', { scope: 'col' }, button);
      this.headings.set(sort, cell);
      return cell;
    };
    this.body = make('tbody');
    this.table = make('table', { className: 'bars wide' }, make('caption', { className: 'unseen' }, title),
      make('thead', {}, make('tr', {}, heading('name', 'Application'), heading('clusters', 'Clusters'),
        make('th', { scope: 'col' }, 'Share'), heading('instances', 'Instances'))), this.body);
  }

  update(context) {
    const { metric, label } = this.breakdown;
    const parameters = { fleet: this.fleet.name, metric, by: label, month: monthText(context.month),
      periods: context.months };
    this.panel.setCsv(csvAddress('breakdown', parameters));
    this.arrange(context.state);
    return this.panel.load(context, `${context.month} ${context.period}`,
      (signal) => getJson('breakdown', { ...parameters, top: ROWS_FETCHED }, signal), (answer) => {
        this.kinds = answer.values;
        this.sources = answer.sources;
        this.arrange(this.state);
      });
  }

  // Shows what the state asks for of what is here.
  arrange(state) {
    this.state = state;
    if (this.search.value !== state.q) {
      this.search.value = state.q;
    }
    this.headings.forEach((cell, sort) => {
      if (sort === state.sort) {
        cell.setAttribute('aria-sort', sort === 'name' ? 'ascending' : 'descending');
      } else {
        cell.removeAttribute('aria-sort');
      }
    });
    const wanted = state.q.trim().toLowerCase();
    const used = this.kinds.filter(({ sum }) => sum !== 0);
    const shown = used.filter(({ value }) => value.toLowerCase().includes(wanted)).sort(ORDERS[state.sort]);
    this.body.replaceChildren(...shown.map((kind) => this.row(kind)));
    setText(this.found, this.foundText(shown.length, used.length, wanted));
  }

  row({ value, nonzero, sum }) {
    return make('tr', {}, make('th', { scope: 'row' }, make('span', { className: 'name' }, value),
      bar(nonzero, this.sources)), make('td', {}, format.whole(nonzero)),
    make('td', {}, format.share(nonzero, this.sources)), make('td', {}, format.quantity(sum)));
  }

  foundText(shown, used, wanted) {
    if (wanted !== '') {
      return shown === 0 ? `None of the ${format.whole(used)} has “${this.state.q.trim()}” in its name.`
        : `${format.whole(shown)} of ${format.whole(used)}.`;
    }
    const none = this.kinds.length - used;
    return none > 0 ? `${format.whole(none)} more are known and run nowhere.` : '';
  }
}
