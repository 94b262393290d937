// The page: finds out which fleets there are, then shows one of them, or how to send the first report.

import { getJson } from './api.js';
import { Controls } from './controls.js';
import { Dashboard } from './dashboard.js';
import { byId, setText } from './dom.js';
import { hideFirstRun, showFirstRun, showForwardOnly } from './first_run.js';
import * as format from './format.js';
import { settleLinks, showLinks } from './links.js';
import { PERIODS, ROLLING, monthOfMost, monthText, parseMonth } from './months.js';
import { Refresh } from './refresh.js';
import { Retry } from './retry.js';
import { withWords } from './sections.js';
import { readState, withChoice, writeState } from './state.js';

const POLL_EMPTY_MS = { first: 2_000, most: 15_000, growth: 1.25 };
const REFRESH_MS = 5 * 60_000;

let answer = null;  // of the server, about its fleets
let dashboard = null;
let current = new AbortController();
let emptyWait = POLL_EMPTY_MS.first;

const controls = new Controls(choose);
const refresh = new Refresh(load);
const retry = new Retry(() => refresh.now());

function choose(patch, options) {
  writeState(withChoice(readState(), patch), options);
  show();
}

function onFailure(error) {
  if (error.isAway) {
    retry.later(error.message);
  }
}

function contextOf(fleet, state, again) {
  const [first, last] = [parseMonth(fleet.first_month), parseMonth(fleet.last_month)];
  const wanted = state.period === ROLLING && fleet.generated_at ? monthOfMost(fleet.generated_at) : state.month ?? last;
  const month = Math.min(Math.max(wanted, first), last);
  return { fleets: answer.fleets, fleet, state, first, last, month, period: state.period,
    months: PERIODS.get(state.period), signal: current.signal, again, choose, onFailure };
}

// `overview` is null where nothing of what is counted was ever reported.
function tellAsOf(overview, context) {
  if (overview === null) {
    setText(byId('status'), 'Reports have come in, but none of what is counted');
    return;
  }
  const asOf = `As of ${format.instant(overview.generated_at)} UTC`;
  if (context.period === ROLLING) {
    const { start, end } = overview.periods[ROLLING];
    setText(byId('status'), `${asOf} · ${format.days(start, end)}`);
    return;
  }
  const shown = parseMonth(overview.month);
  const state = overview.final ? 'final' : `${format.monthName(shown)} is not over yet`;
  setText(byId('status'), shown === context.month ? `${asOf} · ${state}`
    : `${asOf} · nothing was reported in ${format.monthName(context.month)}`);
}

const titleOf = ({ period, month, months }) => (period === ROLLING ? 'last 30 days' : format.period(month, months));

const metricsThen = new Map();

// The fleet with the metrics that were reported in the period that is shown: the list of fleets has those of late.
async function fleetThen(context) {
  const { fleet, period, month, months, last } = context;
  if (period === ROLLING || month === last) {
    return fleet;
  }
  const key = `${fleet.name} ${month} ${period}`;
  try {
    if (!metricsThen.has(key)) {
      const then = await getJson('fleets', { month: monthText(month), periods: months }, context.signal);
      metricsThen.set(key, then.fleets.find(({ name }) => name === fleet.name).metrics);
    }
    return { ...fleet, metrics: metricsThen.get(key) };
  } catch (error) {
    if (!context.signal.aborted) {
      onFailure(error);
    }
    return fleet;
  }
}

const panelsOf = ({ name, metrics }) => JSON.stringify([name, metrics.map((one) => [one.name, one.labels])]);

// Shows what the address asks for. Panels that show it already are left alone, unless `again`.
async function show({ again = false } = {}) {
  const state = readState();
  const { fleets } = answer;
  const fleet = fleets.find(({ name }) => name === state.fleet) ?? fleets.find((one) => one.last_month) ?? fleets[0];
  showLinks(fleet);
  if (!fleet.last_month) {
    waitForFirstReport(fleet);
    return;
  }
  hideFirstRun();
  emptyWait = POLL_EMPTY_MS.first;
  const wanted = `${fleet.name} ${state.month} ${state.period} ${state.label}`;
  if (again || wanted !== show.wanted) {
    current.abort();
    current = new AbortController();
    show.wanted = wanted;
  }
  const context = contextOf(fleet, state, again);
  controls.show(context);
  const title = titleOf(context);
  setText(byId('title'), `${fleet.title}, ${title}`);
  document.title = `${fleet.title}, ${title} – rollcall`;
  refresh.later(REFRESH_MS);
  const then = await fleetThen(context);
  if (context.signal.aborted) {
    return;
  }
  if (!dashboard || panelsOf(dashboard.fleet) !== panelsOf(then)) {
    dashboard = new Dashboard(then, byId('dashboard'), choose);
  }
  byId('dashboard').hidden = false;
  await dashboard.update(context, (overview) => tellAsOf(overview, context));
  if (!retry.waiting && !context.signal.aborted) {
    retry.over();
  }
}

function waitForFirstReport(fleet) {
  current.abort();
  show.wanted = null;
  retry.over();
  byId('dashboard').hidden = true;
  controls.showFleets(answer.fleets, fleet);
  setText(byId('title'), fleet.title);
  document.title = `${fleet.title} – rollcall`;
  if (answer.stores === false) {
    setText(byId('status'), 'Nothing is counted here');
    showForwardOnly();
    return;
  }
  setText(byId('status'), 'No reports yet');
  showFirstRun(fleet);
  refresh.later(emptyWait);
  emptyWait = Math.min(emptyWait * POLL_EMPTY_MS.growth, POLL_EMPTY_MS.most);
}

async function load() {
  retry.forget();
  const again = answer !== null;
  try {
    answer = await getJson('fleets', {});
    answer.fleets = answer.fleets.map(withWords);
    metricsThen.clear();
  } catch (error) {
    if (answer === null) {
      setText(byId('status'), 'No numbers to show yet');
    }
    retry.later(`The list of fleets could not be loaded. ${error.message}`);
    return;
  }
  if (retry.waiting) {
    return;
  }
  show({ again });
}

addEventListener('popstate', () => {
  if (answer !== null) {
    show();
  }
});
settleLinks();
setText(byId('status'), 'Loading the numbers…');
refresh.now();
