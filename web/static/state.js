// What is shown, as the address says it: a copied link and the back button show the same again.

import { PERIODS, ROLLING, monthText, parseMonth } from './months.js';
import { ROOT, fleetInPath } from './place.js';

export const SORTS = ['sources', 'sum', 'name'];

// `month` is null for the latest, `fleet` and `label` for the first there is.
const DEFAULTS = { fleet: null, month: null, q: '', sort: 'sources', label: null };

// Where a month is named, it is meant; else what ends today.
const defaultPeriod = (month) => (month === null ? ROLLING : 'month');

// One choice may settle another: the rolling period has no month, and who picks a month wants no rolling one.
export function withChoice(state, patch) {
  const next = { ...state, ...patch };
  if (patch.period === ROLLING) {
    next.month = null;
  } else if (next.month !== null && next.period === ROLLING) {
    next.period = 'month';
  }
  return next;
}

// Unknown words in the address count as not being there.
export function readState() {
  const query = new URLSearchParams(location.search);
  const period = query.get('period');
  const sort = query.get('sort');
  const month = period === ROLLING ? null : parseMonth(query.get('month'));
  return {
    fleet: query.get('fleet') ?? fleetInPath(),
    month,
    period: PERIODS.has(period) ? period : defaultPeriod(month),
    q: query.get('q') ?? '',
    sort: SORTS.includes(sort) ? sort : DEFAULTS.sort,
    label: query.get('label'),
  };
}

// `replace` for what changes with every key: it shall not fill the history.
export function writeState(state, { replace = false } = {}) {
  const query = new URLSearchParams();
  const defaults = { ...DEFAULTS, period: defaultPeriod(state.month), fleet: fleetInPath() };
  // The path names a fleet as long as it is the one that is shown.
  const path = defaults.fleet === null || defaults.fleet === state.fleet ? location.pathname : ROOT.pathname;
  for (const [name, value] of Object.entries(state)) {
    if (value !== defaults[name]) {
      query.set(name, name === 'month' ? monthText(value) : value);
    }
  }
  const text = query.toString();
  const address = text ? `${path}?${text}` : path;
  if (address !== location.pathname + location.search) {
    history[replace ? 'replaceState' : 'pushState'](null, '', address);
  }
}
