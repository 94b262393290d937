// The choices at the top: fleet, period and month.

import { byId, make } from './dom.js';
import * as format from './format.js';
import { ROLLING } from './months.js';

export class Controls {
  // `choose(patch)` changes the state.
  constructor(choose) {
    this.choose = choose;
    this.form = byId('controls');
    this.fleet = byId('fleet');
    this.month = byId('month');
    this.before = byId('month-before');
    this.after = byId('month-after');
    this.form.addEventListener('submit', (event) => event.preventDefault());
    this.fleet.addEventListener('change', () => choose({ fleet: this.fleet.value, month: null, label: null }));
    for (const radio of this.form.elements.period) {
      radio.addEventListener('change', () => choose({ period: radio.value }));
    }
    this.month.addEventListener('change', () => choose(this.month.value === ROLLING ? { period: ROLLING }
      : { month: Number(this.month.value) }));
    this.before.addEventListener('click', () => this.step(-1));
    this.after.addEventListener('click', () => this.step(1));
  }

  step(by) {
    this.choose({ month: this.shown + by });
  }

  // Where there is one fleet, there is nothing to choose. Of one that nobody has reported of there is no `period`.
  showFleets(fleets, fleet, period = null) {
    const names = JSON.stringify(fleets.map(({ name, title }) => [name, title]));
    if (names !== this.names) {
      this.names = names;
      this.fleet.replaceChildren(...fleets.map(({ name, title }) => make('option', { value: name }, title)));
    }
    this.fleet.value = fleet.name;
    byId('fleet-choice').hidden = fleets.length < 2;
    byId('period-choice').hidden = period === null;
    byId('month-choice').hidden = period === null;
    this.form.hidden = fleets.length < 2 && period === null;
  }

  show({ fleets, fleet, first, last, month, period }) {
    this.showFleets(fleets, fleet, period);
    const range = `${fleet.name} ${first} ${last}`;
    if (range !== this.range) {
      this.range = range;
      const months = Array.from({ length: last - first + 1 }, (_, i) => last - i);
      this.month.replaceChildren(make('option', { value: ROLLING }, 'Last 30 days'), ...months.map((one) => make('option', { value: String(one) }, format.monthYear(one))));
    }
    // One month back from what ends today is the month before the running one.
    this.shown = period === ROLLING ? last : month;
    this.month.value = period === ROLLING ? ROLLING : String(month);
    this.form.elements.period.value = period;
    // A button that has the focus keeps it at the end of the range: so it is not disabled for real.
    this.before.setAttribute('aria-disabled', String(this.shown <= first));
    this.after.setAttribute('aria-disabled', String(this.shown >= last));
  }
}
