// What is shown, as the address says it: a copied link and the back button show the same again.

import { PERIODS, monthText, parseMonth } from './months.js';

export const SORTS = ['clusters', 'instances', 'name'];

// `month` is null for the latest, `fleet` and `label` for the first there is.
const DEFAULTS = { fleet: null, month: null, period: 'month', q: '', sort: 'clusters', label: null };

// Unknown words in the address count as not being there.
export function readState() {
  const query = new URLSearchParams(location.search);
  const period = query.get('period');
  const sort = query.get('sort');
  return {
    fleet: query.get('fleet'),
    month: parseMonth(query.get('month')),
    period: period in PERIODS ? period : DEFAULTS.period,
    q: query.get('q') ?? '',
    sort: SORTS.includes(sort) ? sort : DEFAULTS.sort,
    label: query.get('label'),
  };
}

// `replace` for what changes with every key: it shall not fill the history.
export function writeState(state, { replace = false } = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    if (value !== DEFAULTS[name]) {
      query.set(name, name === 'month' ? monthText(value) : value);
    }
  }
  const text = query.toString();
  const address = text ? `?${text}` : location.pathname;
  if (address !== (location.search || location.pathname)) {
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }
}
