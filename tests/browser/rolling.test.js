// The last 30 days, which the page opens on, and periods that are not over or not wholly known: nothing on it looks like
// a fall or a loss that is none.

import assert from 'node:assert/strict';
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

test('the page opens on the last 30 days, with the numbers of the API', async () => {
  const { page, problems, close } = await openPage(browser, server);
  const overview = await server.get('/api/v1/overview?period=30d');
  const { figures, ...period } = overview.periods['30d'];
  assert.match(await textOf(page, '#title'), /, last 30 days$/);
  assert.equal(new URL(page.url()).search, '');
  assert.ok(figures.clusters.value > 10);
  assert.equal(await card(page, 'clusters'), whole(figures.clusters.value));
  assert.equal(await card(page, 'nodes'), whole(figures.peak_nodes.value));
  assert.equal(await card(page, 'tenants'), whole(figures.total_tenants.value));
  assert.match(await textOf(page, '[data-figure="clusters"] .change'), /vs the 30 days before$/);
  for (const move of ['new', 'returned', 'gone']) {
    assert.equal(await textOf(page, `.move-${move} .move-value`), whole(period[move]), move);
  }
  const os = await server.get('/api/v1/breakdown?metric=cozy_nodes_count&by=os&period=30d');
  assert.deepEqual((await columns(page, '[data-breakdown="os"] .bars')).map((row) => row.slice(1, 3)),
    os.values.filter(({ sources }) => sources > 0).map(({ sources, sum }) => [whole(sources), whole(sum)]).slice(0, 9));
  assert.deepEqual(problems, []);
  await close();
});

test('from the last 30 days to a month and back, by the arrow, the list and the address', async () => {
  const { page, problems, close } = await openPage(browser, server);
  const month = async () => new URL(page.url()).searchParams.get('month');
  await page.getByRole('button', { name: 'One month back' }).click();
  await loaded(page);
  assert.equal(await month(), monthOn(fleet.last_month, -1));
  assert.equal(await page.getByRole('radio', { name: 'Month' }).isChecked(), true);
  await page.getByLabel('Which month').selectOption('Last 30 days');
  await loaded(page);
  assert.equal(new URL(page.url()).search, '');
  await page.getByRole('radio', { name: 'Month' }).check({ force: true });
  await loaded(page);
  assert.equal(new URL(page.url()).search, '?period=month');
  await page.goBack();
  await loaded(page);
  assert.match(await textOf(page, '#title'), /, last 30 days$/);
  await page.goto(`${server.address}/?month=${monthOn(fleet.last_month, -2)}&period=30d`);
  await loaded(page);
  assert.match(await textOf(page, '#title'), /, last 30 days$/);
  assert.deepEqual(problems, []);
  await close();
});

// The page with an overview whose period has these fields instead of its own.
const withOverview = (period, fields) => async (page) => page.route('**/api/v1/overview?*', async (route) => {
  const json = await (await route.fetch()).json();
  Object.assign(json.periods[period], fields);
  await route.fulfill({ json });
});

test('a running month is compared with the same days, and nobody is gone before it ends', async () => {
  const { page, close } = await openPage(browser, server, '/?period=month', { route: withOverview('month', {
    before: 'October 2026', before_start: '2026-10-01', before_end: '2026-10-03', compared: 'same days', months: 1,
    known_months: 1, before_known_months: 1, gone: null }) });
  const change = await textOf(page, '[data-figure="clusters"] .change');
  assert.match(change, /vs the same days, 1\D+3 Oct 2026$/);
  assert.equal(await textOf(page, '.move-gone .move-value'), '–');
  assert.equal(await textOf(page, '.move-gone .hint'), 'known when the period is over');
  await close();
});

test('a year of which two months are known says so, and has no percentage', async () => {
  const { page, close } = await openPage(browser, server, '/?period=year', { route: withOverview('year', {
    before: null, before_start: null, before_end: null, compared: null, months: 12, known_months: 2,
    before_known_months: 0, gone: null }) });
  for (const change of await page.locator('.card .change').allInnerTexts()) {
    assert.equal(change.trim(), '2 of 12 months known');
  }
  assert.doesNotMatch(await textOf(page, '.bare'), /%|▲|▼/);
  await close();
});

test('what it is compared with must be known as well', async () => {
  const { page, close } = await openPage(browser, server, '/?period=quarter', { route: withOverview('quarter', {
    before: 'May 2026 — July 2026', before_start: '2026-05-01', before_end: '2026-07-31', compared: 'whole', months: 3,
    known_months: 3, before_known_months: 2 }) });
  assert.equal(await textOf(page, '[data-figure="nodes"] .change'), '2 of 3 months before known');
  assert.doesNotMatch(await textOf(page, '.balance'), /^From/);
  await close();
});

test('30 days without a report say so and offer the latest month that has some', async () => {
  const old = await startServer('serve');
  const month = monthOn(new Date().toISOString().slice(0, 7), -4);
  await old.importLines(`cozy_cluster_info{cluster_id="c1",cozystack_version="v0.9.0"} 1 ${Date.parse(
    `${month}-10`)}\n`);
  const { page, problems, close } = await openPage(browser, old);
  assert.match(await textOf(page, '.bare .notice'), /Nothing was reported in the last 30 days\./);
  await page.locator('.bare .notice button').click();
  await page.waitForFunction(() => document.querySelector('[data-figure="clusters"] .value')?.textContent === '1');
  assert.equal(new URL(page.url()).searchParams.get('month'), month);
  assert.deepEqual(problems, []);
  await close();
});

test('a day and a month that are not over are drawn beside the line, and pale', async () => {
  const { page, close } = await openPage(browser, server);
  const datasets = (trend) => page.evaluate((selector) => globalThis.Chart.getChart(document.querySelector(selector))
    .data.datasets.map(({ data, showLine, backgroundColor }) => ({ data, showLine, backgroundColor })),
  `[data-trend="${trend}"] canvas`);
  const [line, point] = await datasets('clusters-day');
  assert.equal(line.data[line.data.length - 1], null);
  assert.ok(line.data[line.data.length - 2] > 0);
  assert.ok(point.data[point.data.length - 1] > 0);
  assert.deepEqual(point.data.filter((value) => value !== null).length, 1);
  assert.equal(point.showLine, false);
  const [bars] = await datasets('clusters-month');
  assert.match(bars.backgroundColor[bars.data.length - 1], /^#[0-9a-f]{6}99$/);
  assert.match(bars.backgroundColor[bars.data.length - 2], /^#[0-9a-f]{6}$/);
  assert.match(await textOf(page, '[data-trend="clusters-day"] .lead'), /^\d+ on .+, \d+ so far$/);
  await close();
});

test('the panels are those of the metrics of the period that is shown', async () => {
  const own = await startServer('serve');
  const month = monthOn(new Date().toISOString().slice(0, 7), -3);
  const at = Date.parse(`${month}-10`);
  await own.report('c1', 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\n');
  await own.importLines(`cozy_cluster_info{cluster_id="c1"} 1 ${at}\ncozy_nodes_count{cluster_id="c1",os="linux"} 3 ` +
    `${at}\nold_gauge{cluster_id="c1",colour="blue"} 3 ${at}\n`);
  const then = await openPage(browser, own, `/?month=${month}`);
  assert.deepEqual(await then.page.locator('.explorer option').allInnerTexts(), ['old_gauge by colour']);
  assert.equal(await then.page.locator('[data-breakdown="os"]').count(), 1);
  assert.equal(await then.page.locator('[data-adoption="cozystack_version"]').count(), 0);
  await then.page.getByLabel('Which month').selectOption('Last 30 days');
  await then.page.locator('[data-adoption="cozystack_version"]').waitFor();
  assert.equal(await then.page.locator('[data-breakdown="os"]').count(), 0);
  assert.deepEqual(then.problems, []);
  await then.close();
});
