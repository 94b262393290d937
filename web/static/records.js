// The page of records: a menu of views, one of which is shown. What is shown is in the address.

import { getJson } from './api.js';
import { CrashView } from './crash_view.js';
import { DeclaredView } from './declared_view.js';
import { byId, make, setText } from './dom.js';
import * as format from './format.js';
import { BuildsView, ChecksView, PopulationView, StatsView, ThermalView } from './record_counts.js';
import { RecordList } from './record_list.js';
import { Refresh } from './refresh.js';
import { Retry } from './retry.js';

const REFRESH_MS = 60_000;

const VIEWS = new Map([
  ['records', { title: 'Records', make: () => new RecordList() }],
  ['crashes', { title: 'Crashes', make: () => new CrashView() }],
  ['builds', { title: 'Builds', make: () => new BuildsView() }],
  ['stats', { title: 'Stats', make: () => new StatsView() }],
  ['population', { title: 'Population', make: () => new PopulationView() }],
  ['machine-checks', { title: 'Machine checks', make: () => new ChecksView() }],
  ['thermal', { title: 'Thermal', make: () => new ThermalView() }],
]);
const DECLARED = 'view-';

let current = { name: null, view: null };
let job = new AbortController();
const refresh = new Refresh(() => show({ again: true }));
const retry = new Retry(() => show({ again: true }));

const query = () => new URLSearchParams(location.search);

function shownName() {
  const name = query().get('view');
  return VIEWS.has(name) ? name : 'records';
}

// Goes to an address without a reload.
function go(search, { replace = false } = {}) {
  history[replace ? 'replaceState' : 'pushState'](null, '', search || location.pathname);
  show();
}

const addressOf = (name) => (name === 'records' ? location.pathname : `?view=${name}`);

function fillMenu(name) {
  byId('menu').replaceChildren(...[...VIEWS].map(([key, { title }]) => {
    const link = make('a', { href: addressOf(key) }, title);
    if (key === name) {
      link.setAttribute('aria-current', 'page');
    }
    return link;
  }));
}

// Links within the page change what is shown; who wants another tab shall have it.
document.addEventListener('click', (event) => {
  const link = event.target.closest('a');
  const isOurs = link && link.origin === location.origin && link.pathname === location.pathname && !link.hash &&
    !link.hasAttribute('download');
  if (isOurs && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(link.search);
    byId('main').focus();
    scrollTo(0, 0);
  }
});

function showSpikes({ spikes, rule }, isFirstPage) {
  byId('spikes').hidden = spikes.length === 0 || !isFirstPage;
  setText(byId('spike-rule'), rule);
  byId('spike-list').replaceChildren(...spikes.map((spike) => make('li', {},
    make('a', { href: `?${new URLSearchParams({ classification: spike.classification })}` }, spike.classification),
    ` – ${format.count(spike.records, 'records')} of ${format.count(spike.machine_ids, 'machine ids')} in 24 hours, ` +
    `${format.quantity(spike.before_per_day)} a day before`)));
}

async function show({ again = false } = {}) {
  const name = shownName();
  const { title, make: makeView } = VIEWS.get(name);
  job.abort();
  job = new AbortController();
  const { signal } = job;
  if (current.name !== name) {
    current = { name, view: makeView() };
    byId('view').replaceChildren(current.view.element);
  }
  fillMenu(name);
  setText(byId('title'), title);
  document.title = `${title} – rollcall`;
  const onFailure = (error) => error.isAway && retry.later(error.message);
  try {
    const [spikes] = await Promise.all([getJson('records/spikes', {}, signal),
      current.view.show({ query: query(), signal, again, onFailure, go })]);
    if (signal.aborted) {
      return;
    }
    showSpikes(spikes, name === 'records' && !query().has('id'));
    setText(byId('status'), `As of ${format.utcMinute(spikes.as_of)} UTC`);
    if (!retry.waiting) {
      retry.over();
    }
    refresh.later(REFRESH_MS);
  } catch (error) {
    if (!signal.aborted) {
      refresh.stop();
      retry.later(error.message);
    }
  }
}

async function start() {
  let declared;
  try {
    declared = await getJson('records/views');
  } catch (error) {
    if (error.status === 404) {
      byId('off').hidden = false;
      setText(byId('status'), 'Nothing to show');
    } else {
      retry.again = start;
      retry.later(error.message);
    }
    return;
  }
  retry.again = () => show({ again: true });
  for (const view of declared.views) {
    VIEWS.set(DECLARED + view.name, { title: view.title, make: () => new DeclaredView(view) });
  }
  addEventListener('popstate', () => show());
  show();
}

setText(byId('status'), 'Loading the records…');
start();
