// What a fleet runs: one row for each kind, with a bar for how many clusters have any. Sorted and
// searched on the spot, and both are in the address.

import { csvAddress } from './api.js';
import { fetchValues, keyOf, parametersOf, valuesIn } from './breakdown.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { Panel } from './panel.js';
import { sparklinesOf } from './sparkline.js';
import { bar, fold } from './tables.js';

// All kinds of a usual fleet.
const ROWS_SHOWN = 40;

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
    this.open = false;
    this.trend = () => null;
    const unit = fleet.figures[0].name;
    const one = format.singular(unit);
    this.panel = new Panel({ title, className: 'applications', note: `${format.capital(unit)} whose latest report ` +
      `lists the kind and that ran at least one in the period; instances: each ${one}’s most in the period, summed. ` +
      `The bar is the share of all ${unit} that report them; the trend is that of the ${unit} by month.` });
    this.element = this.panel.element;
    this.search = make('input', { type: 'search', placeholder: 'Search', 'aria-label': `Search ${title.toLowerCase()}`,
      autocomplete: 'off', spellcheck: false });
    this.search.addEventListener('input', () => choose({ q: this.search.value }, { replace: true }));
    this.panel.heading.className = 'unseen';
    this.panel.heading.after(this.search);
    this.makeTable(title, unit, choose);
    this.more = make('div');
    this.found = make('p', { className: 'rest', role: 'status' });
    this.panel.content.append(make('div', { className: 'table-room' }, this.table), this.more, this.found);
  }

  makeTable(title, unit, choose) {
    this.headings = new Map();
    const heading = (sort, text) => {
      const button = make('button', { type: 'button', className: 'sort' }, text);
      button.addEventListener('click', () => choose({ sort }));
      const cell = make('th', { scope: 'col' }, button);
      this.headings.set(sort, cell);
      return cell;
    };
    this.table = make('table', { className: 'bars wide' }, make('caption', { className: 'unseen' }, title),
      make('thead', {}, make('tr', {}, heading('name', 'Application'), heading('clusters', format.capital(unit)),
        make('th', { scope: 'col' }, 'Share'), heading('instances', 'Instances'),
        make('th', { scope: 'col' }, 'Trend'))), make('tbody'));
  }

  update(context) {
    const section = this.breakdown;
    this.arrange(context.state);
    return this.panel.load(context, keyOf(context), (signal) => fetchValues(this.fleet, section, context, signal),
      ([answer, trend]) => {
        this.panel.setCsv(csvAddress('breakdown', parametersOf(this.fleet, section, context)),
          format.count(valuesIn(answer), 'values'));
        this.kinds = answer.values;
        this.other = answer.other;
        this.sources = answer.sources;
        this.trend = sparklinesOf(trend, ({ nonzero }) => nonzero, context);
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
    const more = fold(this.table, shown, (kind) => this.row(kind), { unit: 'applications', shown: ROWS_SHOWN,
      open: this.open, onOpen: (open) => { this.open = open; } });
    this.more.replaceChildren(...(more ? [more] : []));
    setText(this.found, this.foundText(shown.length, used.length, wanted));
  }

  row({ value, nonzero, sum }) {
    return make('tr', {}, make('th', { scope: 'row' }, make('span', { className: 'name' }, value),
      bar(nonzero, this.sources)), make('td', {}, format.whole(nonzero)),
    make('td', {}, format.share(nonzero, this.sources)), make('td', {}, format.quantity(sum)),
    make('td', { className: 'trend-cell' }, this.trend(value)));
  }

  foundText(shown, used, wanted) {
    if (wanted !== '') {
      return shown === 0 ? `None of the ${format.whole(used)} has “${this.state.q.trim()}” in its name.`
        : `${format.whole(shown)} of ${format.whole(used)}.`;
    }
    if (this.sources === 0) {
      return 'Nobody reported it in this period.';
    }
    const none = this.kinds.length - used;
    return [none > 0 ? `${format.whole(none)} more are known and run nowhere.` : '',
      this.other ? `${format.count(this.other.values, 'names')} more are counted as one.` : ''].join(' ').trim();
  }
}
