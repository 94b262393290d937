// The page of hosts: a list of them, and how one of them did over a range. It follows live: what is new is shown without
// a reload, for as long as somebody looks.

import { fetchJson } from './api.js';
import { loadLibrary } from './charts.js';
import { byId, setText } from './dom.js';
import { offerCopy } from './first_run.js';
import * as format from './format.js';
import { HostCharts, RANGES } from './host_charts.js';
import { HostList } from './host_list.js';
import { Refresh } from './refresh.js';
import { Retry } from './retry.js';

const REFRESH_MS = 10_000;
// There may be thousands of hosts, and seldom a new one.
const LIST_MS = 60_000;
const POLL_EMPTY_MS = 2_000;
// The host that rollcall itself is: there is always that one.
const OWN = 'rollcall';
const DEFAULT_RANGE = '1h';
// After so long without a sample a host is told to be silent. Samples come once a minute.
const SILENT_AFTER_S = 180;

let names = null;  // of all hosts, once they are known
let listedAt = 0;
let current = new AbortController();

const list = new HostList((query) => choose({ q: query }, { replace: true }), (host) => choose({ host }));
const charts = new HostCharts(byId('charts'));
const refresh = new Refresh(load);
const retry = new Retry(() => refresh.now());

// What is shown is in the address: a copied link and the back button show the same again.
function readState() {
  const query = new URLSearchParams(location.search);
  const range = query.get('range');
  return { host: query.get('host'), range: RANGES.has(range) ? range : DEFAULT_RANGE, q: query.get('q') ?? '' };
}

function choose(patch, { replace = false } = {}) {
  const { host, range, q } = { ...readState(), ...patch };
  const query = new URLSearchParams();
  if (host) {
    query.set('host', host);
  }
  if (range !== DEFAULT_RANGE) {
    query.set('range', range);
  }
  if (q) {
    query.set('q', q);
  }
  const text = query.toString();
  history[replace ? 'replaceState' : 'pushState'](null, '', text ? `?${text}` : location.pathname);
  show();
}

const historyAddress = (host, range) => `telemetry/history?${new URLSearchParams({ host, range })}`;

// But for this server itself.
const hasNone = () => !names.some((name) => name !== OWN);

// The one that was asked for, also where nothing is known of it; else the first that is not this server.
const shownHost = (state) => state.host ?? names.find((name) => name !== OWN) ?? names[0] ?? null;

function tellAsOf(samples, now) {
  const last = samples[samples.length - 1];
  const asOf = `As of ${format.timeOfDay(now, { seconds: true })} UTC`;
  if (!last) {
    setText(byId('status'), `${asOf} · nothing came in this range`);
  } else if (now - last.ts > SILENT_AFTER_S + RANGES.get(readState().range).step) {
    setText(byId('status'), `${asOf} · silent since ${format.timeOfDay(last.ts)}`);
  } else {
    setText(byId('status'), asOf);
  }
}

async function showHistory(state, host) {
  current.abort();
  current = new AbortController();
  const { signal } = current;
  const wanted = `${host} ${state.range}`;
  if (showHistory.shown !== wanted) {
    charts.wait();
  }
  const address = historyAddress(host, state.range);
  byId('as-json').href = address;
  const [answer] = await Promise.all([fetchJson(address, signal), loadLibrary()]);
  if (signal.aborted) {
    return;
  }
  const now = Math.floor(Date.now() / 1000);
  charts.show(host, state.range, answer.samples, now);
  tellAsOf(answer.samples, now);
  showHistory.shown = wanted;
}

async function show() {
  if (names === null) {
    return;
  }
  const state = readState();
  const host = shownHost(state);
  const isEmpty = hasNone();
  byId('first-run').hidden = !isEmpty;
  byId('hosts').hidden = host === null;
  byId('controls').hidden = host === null;
  byId('controls').elements.range.value = state.range;
  list.show(names, host, state.q);
  setText(byId('title'), host ?? 'Hosts');
  document.title = `${host ?? 'Hosts'} – rollcall`;
  refresh.later(isEmpty ? POLL_EMPTY_MS : REFRESH_MS);
  if (host === null) {
    setText(byId('status'), 'No samples yet');
    retry.over();
    return;
  }
  try {
    await showHistory(state, host);
    retry.over();
  } catch (error) {
    if (!current.signal.aborted) {
      tellFailure(error);
    }
  }
}

function tellFailure(error) {
  refresh.stop();
  charts.stale();
  if (names === null) {
    setText(byId('status'), 'No numbers to show yet');
  }
  retry.later(error.message);
}

async function load() {
  retry.forget();
  try {
    if (names === null || hasNone() || Date.now() - listedAt > LIST_MS) {
      names = (await fetchJson('telemetry/hosts')).hosts;
      listedAt = Date.now();
    }
  } catch (error) {
    tellFailure(error);
    return;
  }
  await show();
}

addEventListener('popstate', () => show());
for (const radio of byId('controls').elements.range) {
  radio.addEventListener('change', () => choose({ range: radio.value }));
}
byId('controls').addEventListener('submit', (event) => event.preventDefault());

function command() {
  return `curl ${new URL('telemetry/samples', location.href).href} \\\n` +
    '  -d \'{"host":"my-host","samples":[{"ts":\'$(date +%s)\',\n' +
    '    "requests_sec":12.5,"p99_ms":40,"error_rate":0.1,"active_backends":2}]}\'';
}
byId('first-run-command').textContent = command();
offerCopy(byId('copy'), byId('first-run-command'));
setText(byId('status'), 'Loading the hosts…');
refresh.now();
