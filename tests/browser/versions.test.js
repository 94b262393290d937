// Values of labels over time: which of them have a colour, what is said beside the chart, and a trend in every row.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { columns, loaded, monthOn, openPage, startBrowser, startServer, textOf, whole } from './support.js';

let demo;
let many;
let browser;
let fleet;

const VERSIONS = '[data-adoption="cozystack_version"]';

before(async () => {
  demo = await startServer('demo', ['--sources', '40', '--months', '24', '--seed', '3', '--interval', '24h']);
  many = await startServer('serve');
  browser = await startBrowser();
  [fleet] = (await demo.get('/api/v1/fleets')).fleets;
  // One cluster of 91 runs the newest version, a share of 1.1 %; the others are spread over 30 older ones.
  for (let i = 0; i < 90; i += 1) {
    await many.report(`c${i}`, `cozy_cluster_info{cozystack_version="v1.${i % 30}.0"} 1\n`);
  }
  await many.report('newest', 'cozy_cluster_info{cozystack_version="v1.30.0"} 1\n');
});

const readout = (page) => page.locator(`${VERSIONS} .readout li`).evaluateAll((rows) => rows.map((row) => ({
  name: row.querySelector('.name').innerText, text: row.querySelector('.number').innerText,
  color: row.querySelector('.swatch').style.backgroundColor })));

const colours = (page) => page.locator(`${VERSIONS} .bars tbody tr`).evaluateAll((rows) => rows.map((row) => (
  row.querySelector('.swatch').style.backgroundColor)));

test('the newest version has a colour however few run it, and what has none is in the legend', async () => {
  const { page, problems, close } = await openPage(browser, many, '/', {
    waitFor: (opened) => opened.locator(`${VERSIONS} .readout li`).first().waitFor() });
  const rows = await readout(page);
  assert.equal(rows[0].name, 'v1.30.0');
  assert.equal(rows[0].color, 'var(--ramp-8)');
  const other = rows[rows.length - 1];
  assert.equal(other.name, 'Other (7 values)');
  assert.equal(other.color, 'var(--ramp-other)');
  assert.equal(other.text, '23.1% · 21');
  assert.equal(rows.length, 25);
  assert.equal(new Set(rows.map(({ color }) => color)).size, 25);
  assert.deepEqual(problems, []);
  await close();
});

test('a month two years ago has colours of its own', async () => {
  const { page, problems, close } = await openPage(browser, demo, `/?month=${fleet.first_month}`);
  assert.equal(await textOf(page, `${VERSIONS} .readout-title`), new Intl.DateTimeFormat('en-GB', { month: 'long',
    year: 'numeric', timeZone: 'UTC' }).format(new Date(`${fleet.first_month}-01`)));
  const rows = await colours(page);
  assert.ok(rows.length > 1);
  assert.deepEqual(rows.filter((color) => color === 'var(--ramp-other)'), []);
  assert.equal(new Set(rows).size, rows.length);
  assert.deepEqual(problems, []);
  await close();
});

test('beside the chart stands what is not 0 in the month that is pointed at, in the order of the stack', async () => {
  const { page, close } = await openPage(browser, demo, '/');
  const trend = await demo.get('/api/v1/trend?metric=cozy_cluster_info&by=cozystack_version&top=100&' +
    `from=${fleet.first_month}&to=${fleet.last_month}`);
  const byVersion = (a, b) => b.localeCompare(a, 'en', { numeric: true });
  const expected = (i) => trend.values.filter(({ sources }) => sources[i] > 0)
    .sort((a, b) => byVersion(a.value, b.value)).map(({ value, sources }) => [value, whole(sources[i])]);
  const shown = async () => (await readout(page)).filter(({ name }) => !name.startsWith('Other'))
    .map(({ name, text }) => [name, text.split(' · ')[1]]);
  const known = (i) => expected(i).filter(([name]) => name);
  const canvas = page.locator(`${VERSIONS} canvas`);
  await canvas.scrollIntoViewIfNeeded();
  const box = await canvas.boundingBox();
  assert.deepEqual(await shown(), known(23));
  for (const [part, step] of [[0.12, 1], [0.5, 11]]) {
    await page.mouse.move(box.x + box.width * part, box.y + box.height / 2);
    const title = await textOf(page, `${VERSIONS} .readout-title`);
    const i = trend.steps.findIndex((month) => new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric',
      timeZone: 'UTC' }).format(new Date(`${month}-01`)) === title);
    assert.ok(Math.abs(i - step) <= 2, `${title} is not near step ${step}`);
    const all = new Map(known(i));
    const rows = await shown();
    assert.ok(rows.length > 0);
    rows.forEach(([name, count]) => assert.equal(count, all.get(name), `${name} in ${title}`));
    assert.deepEqual(rows.map(([name]) => name), [...all.keys()].filter((name) => rows.some((row) => row[0] === name)));
  }
  const beside = await page.locator(`${VERSIONS} .readout`).boundingBox();
  assert.ok(beside.x >= box.x + box.width, 'it does not cover the chart');
  await page.mouse.move(box.x - 40, box.y - 40);
  await page.waitForFunction(([selector, month]) => document.querySelector(selector).textContent.startsWith(month),
    [`${VERSIONS} .readout-title`, new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' })
      .format(new Date(`${fleet.last_month}-01`))]);
  await close();
});

test('every row of every breakdown has its trend', async () => {
  const { page, close } = await openPage(browser, demo, `/?month=${monthOn(fleet.last_month, -3)}&period=quarter`);
  const rows = await page.locator('.panel:not(.sizes) .bars tbody tr').count();
  assert.ok(rows > 40);
  assert.equal(await page.locator('.bars tbody tr .spark').count(), rows);
  const said = await page.locator('[data-breakdown="os"] .spark').first().getAttribute('aria-label');
  assert.match(said, /^[\d,]+ in \w+ \d{4}, [\d,]+ in \w+ \d{4}$/);
  await close();
});

test('operating systems and kernels count nodes beside clusters', async () => {
  const { page, close } = await openPage(browser, demo, `/?month=${monthOn(fleet.last_month, -1)}`);
  for (const label of ['os', 'kernel']) {
    const answer = await demo.get(`/api/v1/breakdown?metric=cozy_nodes_count&by=${label}&` +
      `month=${monthOn(fleet.last_month, -1)}`);
    const expected = answer.values.filter(({ sources }) => sources > 0)
      .map(({ sources, sum }) => [whole(sources), whole(sum)]);
    const shown = (await columns(page, `[data-breakdown="${label}"] .bars`)).map((row) => row.slice(1, 3));
    assert.deepEqual(shown, expected.slice(0, shown.length));
    assert.ok(shown.length >= Math.min(8, expected.length));
  }
  await close();
});

test('versions count the nodes of their clusters, and all nodes are in one of them', async () => {
  const month = monthOn(fleet.last_month, -1);
  const { page, close } = await openPage(browser, demo, `/?month=${month}`);
  const overview = await demo.get(`/api/v1/overview?month=${month}`);
  for (const label of ['cozystack_version', 'kubernetes_version']) {
    const answer = await demo.get(`/api/v1/breakdown?metric=cozy_cluster_info&by=${label}&month=${month}`);
    const nodes = answer.values.reduce((sum, value) => sum + value.peak_nodes, 0);
    assert.equal(nodes, overview.periods.month.figures.peak_nodes.value);
    assert.deepEqual(await page.locator(`[data-adoption="${label}"] .bars thead th`).allInnerTexts(),
      ['Value', 'Clusters', 'Share', 'Nodes', 'Trend']);
    const expected = answer.values.filter(({ sources }) => sources > 0).map((value) => whole(value.peak_nodes));
    const shown = (await columns(page, `[data-adoption="${label}"] .bars`)).map((row) => row[3]);
    assert.deepEqual(shown, expected.slice(0, shown.length));
    assert.ok(shown.length >= Math.min(8, expected.length));
  }
  await close();
});

test('24 months are all there, and their labels do not touch', async () => {
  for (const width of [1280, 360]) {
    const { page, close } = await openPage(browser, demo, '/', { viewport: { width, height: 800 } });
    await loaded(page);
    const ticks = await page.evaluate(() => Object.values(globalThis.Chart.instances).map(({ scales, data }) => ({
      months: data.labels.length,
      labels: scales.x.ticks.map((tick, i) => ({ at: scales.x.getPixelForTick(i),
        width: Math.max(...[tick.label].flat().map((text) => scales.x.ctx.measureText(text ?? '').width), 0) }))
        .filter(({ width: wide }) => wide > 0) })));
    const monthly = ticks.filter(({ months }) => months === 24);
    assert.equal(monthly.length, 5);
    for (const { labels } of monthly) {
      assert.ok(labels.length >= 4);
      labels.slice(1).forEach((label, i) => assert.ok(
        label.at - labels[i].at > (label.width + labels[i].width) / 2, 'labels touch'));
    }
    await close();
  }
});
