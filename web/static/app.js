// The page: fetches the overview of the running month and shows it. Three states: numbers, no
// reports yet, and a failure, which stands above the numbers that were fetched before it.

const REQUEST_TIMEOUT_MS = 15_000;
const POLL_EMPTY_MS = 5_000;
const POLL_NUMBERS_MS = 60_000;
const NO_DATA = 'no telemetry data available';

const whole = new Intl.NumberFormat();
const tenths = new Intl.NumberFormat(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const instant = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

const byId = (id) => document.getElementById(id);

let timer = 0;

function element(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text;
  if (className) {
    node.className = className;
  }
  return node;
}

// The overview, null where there are no reports at all; throws an Error whose message is for a person.
async function fetchOverview(year, month) {
  let response;
  try {
    response = await fetch(`/api/overview?year=${year}&month=${month}`, {
      cache: 'no-store',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch (error) {
    throw new Error(error.name === 'TimeoutError'
      ? `The server did not answer within ${REQUEST_TIMEOUT_MS / 1000} seconds.`
      : 'The server cannot be reached.');
  }
  const body = await response.json().catch(() => null);
  if (response.ok && body?.periods) {
    return body;
  }
  if (response.status === 503 && body?.error === NO_DATA) {
    return null;
  }
  throw new Error(response.ok
    ? 'The server answered with something that is not an overview.'
    : `The server answered ${response.status}${body?.error ? `: ${body.error}` : ''}.`);
}

function figures(period) {
  const list = document.createElement('dl');
  const row = (name, value, format, className) => {
    list.append(element('dt', name, className), element('dd', format.format(value), className));
  };
  row('Clusters', period.clusters, whole);
  row('Nodes', period.total_nodes, whole);
  row('per cluster', period.avg_nodes_per_cluster, tenths, 'average');
  row('Tenants', period.total_tenants, whole);
  row('per cluster', period.avg_tenants_per_cluster, tenths, 'average');
  return list;
}

function card(id, title, period) {
  const section = element('section', '', 'period');
  const heading = element('h2', period.label);
  heading.id = `period-${id}`;
  section.setAttribute('aria-labelledby', heading.id);
  section.append(heading, element('p', `${title}, ${period.start} to ${period.end}`, 'quiet'), figures(period));
  return section;
}

function showApps(month) {
  const apps = Object.entries(month.apps).sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const used = apps.filter(([, count]) => count !== 0);
  const zero = apps.length - used.length;
  byId('apps-caption').textContent = `In ${month.label}, most used first`;
  byId('apps-rows').replaceChildren(...used.map(([name, count]) => {
    const row = document.createElement('tr');
    const head = element('th', name);
    head.scope = 'row';
    row.append(head, element('td', whole.format(count), 'number'));
    return row;
  }));
  byId('apps-zero').textContent = zero === 0 ? '' : `${whole.format(zero)} more at zero.`;
}

function showOverview(overview, year, month) {
  const { month: running, quarter, year: twelve } = overview.periods;
  const isOlder = running.start !== `${year}-${String(month).padStart(2, '0')}-01`;
  byId('fallback').hidden = !isOlder;
  byId('fallback').textContent = isOlder
    ? `Nothing has been reported this month. These are the numbers of ${running.label}.` : '';
  byId('periods').replaceChildren(
    card('month', 'Month', running),
    card('quarter', 'Three months', quarter),
    card('year', 'Twelve months', twelve));
  showApps(running);
  setStatus(`As of ${instant.format(new Date(overview.generated_at))} UTC`);
  byId('first-report').hidden = true;
  byId('overview').hidden = false;
}

function showNoReports() {
  byId('first-report-command').textContent =
    `printf 'cozy_cluster_info 1\\ncozy_nodes_count 3\\n' |\n` +
    `  curl -H 'X-Cluster-ID: my-cluster' --data-binary @- ${location.origin}/`;
  setStatus('Waiting for the first report');
  byId('overview').hidden = true;
  byId('first-report').hidden = false;
}

// Writes only what is new, so that a screen reader is not told the same again.
function setStatus(text) {
  if (byId('status').textContent !== text) {
    byId('status').textContent = text;
  }
}

function showFailure(message) {
  byId('failure-text').textContent = message;
  byId('failure').hidden = false;
  if (byId('overview').hidden) {
    setStatus('No overview to show');
  }
}

async function refresh() {
  clearTimeout(timer);
  let wait = POLL_NUMBERS_MS;
  const retry = byId('retry');
  retry.disabled = true;
  try {
    const now = new Date();
    const year = now.getUTCFullYear();
    const month = now.getUTCMonth() + 1;
    const overview = await fetchOverview(year, month);
    if (overview === null) {
      showNoReports();
      wait = POLL_EMPTY_MS;
    } else {
      showOverview(overview, year, month);
    }
    byId('failure').hidden = true;
  } catch (error) {
    showFailure(error.message);
  } finally {
    retry.disabled = false;
    timer = setTimeout(refresh, wait);
  }
}

byId('retry').addEventListener('click', refresh);
refresh();
