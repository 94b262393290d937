// The page: finds out which fleets there are, then shows one of them, or how to send the first report.

import { getJson } from './api.js';
import { Controls } from './controls.js';
import { Dashboard } from './dashboard.js';
import { byId, setText } from './dom.js';
import { hideFirstRun, showFirstRun } from './first_run.js';
import * as format from './format.js';
import { PERIODS, parseMonth } from './months.js';
import { readState, writeState } from './state.js';

const POLL_EMPTY_MS = { first: 2_000, most: 15_000, growth: 1.25 };
const REFRESH_MS = 5 * 60_000;

let fleets = [];
let dashboard = null;
let current = new AbortController();
let timer = 0;
let emptyWait = POLL_EMPTY_MS.first;

const controls = new Controls(choose);

function choose(patch, options) {
  writeState({ ...readState(), ...patch }, options);
  show();
}

function contextOf(fleet, state, again) {
  const [first, last] = [parseMonth(fleet.first_month), parseMonth(fleet.last_month)];
  const month = Math.min(Math.max(state.month ?? last, first), last);
  return { fleets, fleet, state, first, last, month, period: state.period, months: PERIODS[state.period],
    signal: current.signal, again, choose };
}

function tellAsOf(overview, context) {
  const shown = parseMonth(overview.month);
  const asOf = `As of ${format.instant(overview.generated_at)} UTC`;
  const state = overview.final ? 'final' : `${format.monthName(shown)} is not over yet`;
  setText(byId('status'), shown === context.month ? `${asOf} · ${state}`
    : `${asOf} · nothing was reported in ${format.monthName(context.month)}: these are the numbers of ` +
      `${format.monthName(shown)}`);
}

// Shows what the address asks for. Panels that show it already are left alone, unless `again`.
function show({ again = false } = {}) {
  const state = readState();
  const fleet = fleets.find(({ name }) => name === state.fleet) ?? fleets.find((one) => one.last_month) ?? fleets[0];
  if (!fleet?.last_month) {
    waitForFirstReport();
    return;
  }
  hideFirstRun();
  const context = contextOf(fleet, state, again);
  const wanted = `${fleet.name} ${context.month} ${context.period} ${state.label}`;
  if (again || wanted !== show.wanted) {
    current.abort();
    current = new AbortController();
    context.signal = current.signal;
    show.wanted = wanted;
  }
  if (dashboard?.fleet.name !== fleet.name || JSON.stringify(dashboard.fleet.metrics.map(({ name, labels }) =>
    [name, labels])) !== JSON.stringify(fleet.metrics.map(({ name, labels }) => [name, labels]))) {
    dashboard = new Dashboard(fleet, byId('dashboard'), choose);
  }
  byId('dashboard').hidden = false;
  controls.show(context);
  const title = format.period(context.month, context.months);
  setText(byId('title'), `${fleet.name}, ${title}`);
  document.title = `${fleet.name}, ${title} – rollcall`;
  dashboard.update(context, (overview) => tellAsOf(overview, context));
  schedule(REFRESH_MS);
}

function waitForFirstReport() {
  byId('dashboard').hidden = true;
  controls.form.hidden = true;
  setText(byId('status'), 'No reports yet');
  showFirstRun();
  schedule(emptyWait);
  emptyWait = Math.min(emptyWait * POLL_EMPTY_MS.growth, POLL_EMPTY_MS.most);
}

function schedule(ms) {
  clearTimeout(timer);
  timer = setTimeout(refresh, ms);
}

// A page that nobody looks at asks for nothing; it catches up when it is looked at again.
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && refresh.missed) {
    refresh();
  }
});

async function refresh() {
  refresh.missed = document.hidden;
  if (refresh.missed) {
    return;
  }
  const retry = byId('retry');
  retry.disabled = true;
  try {
    const answer = await getJson('fleets', {});
    const again = fleets.length > 0;
    ({ fleets } = answer);
    byId('failure').hidden = true;
    show({ again });
  } catch (error) {
    setText(byId('failure-text'), `The list of fleets could not be loaded. ${error.message}`);
    byId('failure').hidden = false;
    if (fleets.length === 0) {
      setText(byId('status'), 'No numbers to show');
    }
    schedule(REFRESH_MS);
  }
  retry.disabled = false;
}

addEventListener('popstate', () => {
  if (fleets.length > 0) {
    show();
  }
});
byId('retry').addEventListener('click', refresh);
refresh();
