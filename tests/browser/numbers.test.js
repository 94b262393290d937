// The numbers on the page are those of the API, which other tests hold to a recount of what made-up fleets report.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { FEW_SOURCES, card, columns, loaded, monthOn, openPage, startBrowser, startServer, textOf, whole }
  from './support.js';

let server;
let browser;
let fleet;

before(async () => {
  server = await startServer('demo', FEW_SOURCES);
  browser = await startBrowser();
  [fleet] = (await server.get('/api/v1/fleets')).fleets;
});

const sign = (value) => (value > 0 ? `▲ +${whole(value)}` : value < 0 ? `▼ -${whole(-value)}` : 'no change');

async function assertCards(page, overview, period) {
  const { figures, ...moves } = overview.periods[period];
  // Cards of another period are made anew, and hold a dash until they are filled.
  await page.waitForFunction((text) => document.querySelector('[data-figure="clusters"] .value')?.innerText === text,
    whole(figures.clusters.value), { timeout: 10_000 }).catch(() => {});
  assert.equal(await card(page, 'clusters'), whole(figures.clusters.value));
  assert.equal(await card(page, 'nodes'), whole(figures.peak_nodes.value));
  assert.equal(await card(page, 'tenants'), whole(figures.total_tenants.value));
  // A half goes up, also where no binary number is exactly that half.
  const tenths = Math.round((figures.peak_nodes.value * 10) / figures.clusters.value);
  assert.equal(await card(page, 'nodes-per-source'), (tenths / 10).toFixed(1));
  const explanation = await page.locator('.explain p').textContent();
  assert.ok(explanation.includes(`total_nodes, the figure of /api/overview, is another: there a node counts again`));
  assert.ok(explanation.endsWith(' summed.') && explanation.includes(`It is ${whole(figures.total_nodes.value)}.`));
  for (const move of ['new', 'returned', 'gone']) {
    assert.equal(await textOf(page, `.move-${move} .move-value`), moves[move] === null ? '–' : whole(moves[move]), move);
  }
  const change = await textOf(page, '[data-figure="clusters"] .change');
  const { months, known_months: known, before_known_months: before } = moves;
  assert.ok(change.startsWith(known < months ? `${known} of ${months} months known`
    : figures.clusters.before === null ? 'nothing before' : before < months ? `${before} of ${months} months before`
    : sign(figures.clusters.value - figures.clusters.before)), change);
}

test('cards, moves and changes of each period are the overview\'s', async () => {
  const { page, problems, close } = await openPage(browser, server, '/?period=month');
  const overview = await server.get('/api/v1/overview');
  assert.ok(overview.periods.month.figures.clusters.value > 10);
  await assertCards(page, overview, 'month');
  for (const period of ['quarter', 'year']) {
    await page.getByRole('radio', { name: period, exact: false }).check({ force: true });
    await loaded(page);
    await assertCards(page, overview, period);
    assert.equal(new URL(page.url()).searchParams.get('period'), period);
  }
  assert.deepEqual(problems, []);
  await close();
});

test('a chosen month is in the address, and back and forward go through what was chosen', async () => {
  const { page, problems, close } = await openPage(browser, server);
  const month = monthOn(fleet.last_month, -1);
  await page.getByRole('button', { name: 'One month back' }).click();
  await loaded(page);
  assert.equal(new URL(page.url()).searchParams.get('month'), month);
  await assertCards(page, await server.get(`/api/v1/overview?month=${month}`), 'month');
  await page.getByLabel('Which month').selectOption({ index: 4 });
  await loaded(page);
  const third = monthOn(fleet.last_month, -3);
  await assertCards(page, await server.get(`/api/v1/overview?month=${third}`), 'month');
  await page.goBack();
  await loaded(page);
  await assertCards(page, await server.get(`/api/v1/overview?month=${month}`), 'month');
  await page.goForward();
  await loaded(page);
  await assertCards(page, await server.get(`/api/v1/overview?month=${third}`), 'month');
  assert.deepEqual(problems, []);
  await close();
});

test('a link opens what it was copied from, and nonsense in it is left out', async () => {
  const month = monthOn(fleet.last_month, -2);
  const first = await openPage(browser, server, `/?month=${month}&period=quarter&q=post&sort=name`);
  await assertCards(first.page, await server.get(`/api/v1/overview?month=${month}`), 'quarter');
  assert.equal(await first.page.getByRole('searchbox').inputValue(), 'post');
  assert.deepEqual((await columns(first.page, '.long-list table')).map(([name]) => name), ['Postgres']);
  await first.close();
  const second = await openPage(browser, server, '/?month=2026-13&period=week&fleet=none&label=x&sort=%00');
  assert.match(await textOf(second.page, '#title'), /, last 30 days$/);
  assert.deepEqual([...first.problems, ...second.problems], []);
  await second.close();
});

test('trends are the API\'s, the honest count for nodes', async () => {
  const { page, close } = await openPage(browser, server);
  const shown = async (trend) => {
    const panel = page.locator(`[data-trend="${trend}"]`);
    await panel.locator('summary').click();
    await panel.locator('tbody tr').first().waitFor();
    return (await columns(page, `[data-trend="${trend}"]`)).map((row) => row[1]).reverse();
  };
  const text = (values) => values.map((value) => (value === null ? 'not known' : whole(value)));
  const months = `step=month&from=${fleet.first_month}&to=${fleet.last_month}`;
  const days = 'step=day';
  for (const [name, range] of [['month', months], ['day', days]]) {
    const clusters = await server.get(`/api/v1/trend?metric=cozy_cluster_info&${range}`);
    const nodes = await server.get(`/api/v1/trend?metric=cozy_nodes_count&${range}`);
    assert.deepEqual(await shown(`clusters-${name}`), text(clusters.sources));
    assert.deepEqual(await shown(`nodes-${name}`), text(nodes.peaks));
  }
  await close();
});

test('applications are sorted and searched, with the numbers of the API', async () => {
  const { page, problems, close } = await openPage(browser, server);
  const answer = await server.get('/api/v1/breakdown?metric=cozy_application_count&by=kind&period=30d');
  const used = answer.values.filter(({ sum }) => sum > 0);
  assert.ok(used.length > 5);
  const rows = () => columns(page, '.long-list table');
  const byName = (a, b) => a.value.localeCompare(b.value);
  const expected = (list) => list.map(({ value, nonzero, sum }) => [value, whole(nonzero), whole(sum)]);
  const cells = async () => (await rows()).map(([name, clusters, , instances]) => [name, clusters, instances]);
  assert.deepEqual(await cells(),
    expected([...used].sort((a, b) => b.nonzero - a.nonzero || b.sum - a.sum || byName(a, b))));
  await page.getByRole('button', { name: 'Instances' }).click();
  assert.deepEqual(await cells(),
    expected([...used].sort((a, b) => b.sum - a.sum || b.nonzero - a.nonzero || byName(a, b))));
  assert.equal(await page.locator('th[aria-sort]').innerText().then((text) => text.trim()), 'Instances');
  await page.getByRole('button', { name: 'Application', exact: true }).click();
  assert.deepEqual(await cells(), expected([...used].sort(byName)));
  assert.equal(new URL(page.url()).searchParams.get('sort'), 'name');
  const entries = await page.evaluate(() => history.length);
  await page.getByRole('searchbox').fill('kube');
  assert.deepEqual(await cells(), expected(used.filter(({ value }) => value === 'Kubernetes')));
  assert.equal(new URL(page.url()).searchParams.get('q'), 'kube');
  await page.getByRole('searchbox').fill('nothing like it');
  assert.deepEqual(await cells(), []);
  assert.equal(await page.evaluate(() => history.length), entries, 'typing does not fill the history');
  assert.deepEqual(problems, []);
  await close();
});

test('breakdowns have a row for each value that the API has sources of', async () => {
  const { page, close } = await openPage(browser, server, '/?period=year');
  for (const [panel, metric, label] of [['adoption', 'cozy_cluster_info', 'cozystack_version'],
    ['adoption', 'cozy_cluster_info', 'kubernetes_version'], ['breakdown', 'cozy_nodes_count', 'kernel']]) {
    const selector = `[data-${panel}="${label}"]`;
    const more = page.locator(`${selector} .more`);
    if (await more.count() > 0) {
      await more.click();
    }
    const answer = await server.get(`/api/v1/breakdown?metric=${metric}&by=${label}&periods=12`);
    assert.deepEqual((await columns(page, `${selector} .bars`)).map(([value, clusters]) => [value, clusters]),
      answer.values.filter(({ sources }) => sources > 0).map(({ value, sources }) => [value, whole(sources)]), label);
  }
  await close();
});

test('each chart and list has what the API has, as CSV', async () => {
  const { page, close } = await openPage(browser, server);
  const links = page.getByRole('link', { name: / as CSV, / });
  const panels = await page.locator('.panel').count();
  assert.equal(await links.count(), panels);
  const names = new Set();
  for (let i = 0; i < panels; i += 1) {
    const href = await links.nth(i).getAttribute('href');
    const response = await fetch(new URL(href, page.url()));
    assert.equal(response.status, 200, href);
    assert.match(response.headers.get('content-type'), /^text\/csv/, href);
    names.add(response.headers.get('content-disposition'));
    const rows = (await response.text()).split('\r\n').slice(1, -1).map((row) => row.split(','));
    const [said, months, values] = /, (\d+) \w+(?: × (\d+) values?)?$/.exec(await links.nth(i).innerText()) ?? [];
    assert.ok(said, await links.nth(i).innerText());
    assert.equal(rows.length, Number(months) * Number(values ?? 1), href);
  }
  assert.equal(names.size, panels, 'each file has a name of its own');
  const [download] = await Promise.all([page.waitForEvent('download'), links.first().click()]);
  const csv = await readFile(await download.path(), 'utf8');
  assert.ok(csv.includes(`,30d,clusters,${(await card(page, 'clusters')).replace(/\D/g, '')},`));
  await close();
});

test('a label that an operator adds is there with its first report', async () => {
  await server.report('new-one', 'cozy_cluster_info{site="north"} 1\nmy_own_gauge{colour="blue",uid="7a1c"} 4\n');
  const { page, problems, close } = await openPage(browser, server, '/?label=my_own_gauge:colour');
  assert.deepEqual(await columns(page, '.explorer .bars'), [['blue', '1', '100%', '']]);
  const offered = await page.locator('.explorer option').allInnerTexts();
  assert.ok(offered.includes('my_own_gauge by colour'));
  assert.deepEqual(offered.filter((name) => name.endsWith(' by uid')), [], 'an id is nothing to count by');
  await page.getByLabel('Show', { exact: true }).selectOption('cozy_cluster_info:site');
  await loaded(page);
  assert.deepEqual((await columns(page, '.explorer .bars')).map((row) => row.slice(0, 2)), [['north', '1']]);
  assert.equal(new URL(page.url()).searchParams.get('label'), 'cozy_cluster_info:site');
  assert.deepEqual(problems, []);
  await close();
});

test('numbers are written as the reader writes them', async () => {
  await server.report('large', 'cozy_cluster_info 1\ncozy_nodes_count 12345\n');
  // A running period may be seconds old.
  let nodes = 0;
  while (nodes <= 12_345) {
    nodes = (await server.get('/api/v1/overview?period=30d')).periods['30d'].figures.peak_nodes.value;
  }
  const { page, close } = await openPage(browser, server, '/', { locale: 'de-DE' });
  assert.equal(await card(page, 'nodes'), whole(nodes, 'de-DE'));
  assert.notEqual(whole(nodes, 'de-DE'), whole(nodes));
  await close();
});
