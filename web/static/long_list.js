// A breakdown that has a section for itself, such as what installations run: one row for each value, with a bar for how many
// have any. Sorted and searched on the spot, and both are in the address.

import { csvAddress } from './api.js';
import { fetchValues, keyOf, parametersOf, valuesIn } from './breakdown.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { Panel } from './panel.js';
import { sparklinesOf } from './sparkline.js';
import { bar, fold } from './tables.js';

// All values of a usual fleet.
const ROWS_SHOWN = 40;

const ORDERS = {
  sources: (a, b) => b.nonzero - a.nonzero || b.sum - a.sum || a.value.localeCompare(b.value),
  sum: (a, b) => b.sum - a.sum || b.nonzero - a.nonzero || a.value.localeCompare(b.value),
  name: (a, b) => a.value.localeCompare(b.value),
};

// What one row is: an application where the panel is called Applications, else what the label says.
const rowName = ({ title, label }) => (/^\S+s$/.test(title) ? format.singular(title) : format.capital(format.words(label)));

export class LongList {
  constructor(fleet, section, choose, level) {
    this.fleet = fleet;
    this.section = section;
    this.values = [];
    this.open = false;
    this.trend = () => null;
    const note = section.hasNote ? section.note : `${format.capital(fleet.unit)} that have more than 0 of it in their ` +
      `latest report of the period; ${section.sums.toLowerCase()}: each ${fleet.one}’s most in the period, summed. The ` +
      `bar is the share of all ${fleet.unit} that report it.`;
    this.panel = new Panel({ title: section.title, className: 'long-list', note, level });
    this.element = this.panel.element;
    this.search = make('input', { type: 'search', placeholder: 'Search',
      'aria-label': `Search ${section.title.toLowerCase()}`, autocomplete: 'off', spellcheck: false });
    this.search.addEventListener('input', () => choose({ q: this.search.value }, { replace: true }));
    this.panel.heading.className = section.title === section.section ? 'unseen' : '';
    this.panel.heading.after(this.search);
    this.makeTable(choose);
    this.more = make('div');
    this.found = make('p', { className: 'rest', role: 'status' });
    this.panel.content.append(make('div', { className: 'table-room' }, this.table), this.more, this.found);
  }

  makeTable(choose) {
    const { title, sums } = this.section;
    this.headings = new Map();
    const heading = (sort, text) => {
      const button = make('button', { type: 'button', className: 'sort' }, text);
      button.addEventListener('click', () => choose({ sort }));
      const cell = make('th', { scope: 'col' }, button);
      this.headings.set(sort, cell);
      return cell;
    };
    this.table = make('table', { className: 'bars wide' }, make('caption', { className: 'unseen' }, title),
      make('thead', {}, make('tr', {}, heading('name', rowName(this.section)),
        heading('sources', format.capital(this.fleet.unit)), make('th', { scope: 'col' }, 'Share'), heading('sum', sums),
        make('th', { scope: 'col' }, 'Trend'))), make('tbody'));
  }

  update(context) {
    const { section } = this;
    this.arrange(context.state);
    return this.panel.load(context, keyOf(context), (signal) => fetchValues(this.fleet, section, context, signal),
      ([answer, trend]) => {
        this.panel.setCsv(csvAddress('breakdown', parametersOf(this.fleet, section, context)),
          format.count(valuesIn(answer), 'values'));
        this.values = answer.values;
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
    const used = this.values.filter(({ sum }) => sum !== 0);
    const shown = used.filter(({ value }) => this.section.nameOf(value).toLowerCase().includes(wanted))
      .sort(ORDERS[state.sort]);
    const more = fold(this.table, shown, (one) => this.row(one), { unit: this.section.title.toLowerCase(), shown: ROWS_SHOWN,
      open: this.open, onOpen: (open) => { this.open = open; } });
    this.more.replaceChildren(...(more ? [more] : []));
    setText(this.found, this.foundText(shown.length, used.length, wanted));
  }

  row({ value, nonzero, sum }) {
    return make('tr', {}, make('th', { scope: 'row' }, make('span', { className: 'name' }, this.section.nameOf(value)),
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
    const none = this.values.length - used;
    return [none > 0 ? `${format.whole(none)} more are known and are 0 everywhere.` : '',
      this.other ? `${format.count(this.other.values, 'names')} more are counted as one.` : ''].join(' ').trim();
  }
}
