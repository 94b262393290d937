// How large the clusters are: the page says what the API says, in words and as a histogram, of many and of one.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { FEW_SOURCES, columns, loaded, openPage, startBrowser, startServer, textOf, whole } from './support.js';

let server;
let browser;

before(async () => {
  server = await startServer('demo', FEW_SOURCES);
  browser = await startBrowser();
});

const settled = (page) => page.waitForFunction(() => document.querySelectorAll('.panel').length > 0 &&
  !document.querySelector('.panel[aria-busy="true"]'));

const panel = (name) => `[data-sizes="${name}"]`;

// Of a bin with whole numbers.
const label = ({ from, to }) => (from === to ? whole(from) : `${whole(from)}–${whole(to)}`);

async function assertSizes(page, name, query) {
  const { peak, latest } = await server.get(`/api/v1/distribution?figure=${name}&${query}`);
  assert.ok(peak.known > 10 && latest.known > 10);
  const words = await textOf(page, `${panel(name)} .in-words`);
  assert.ok(words.startsWith(`Half of ${peak.known} clusters have at most ${whole(peak.median)} ${name}, a quarter at ` +
    `most ${whole(peak.p25)}, three quarters at most ${whole(peak.p75)}, nine in ten at most ${whole(peak.p90)}. The ` +
    `smallest has ${whole(peak.min)}, the largest ${whole(peak.max)}, and the average is `), words);
  const rows = (await columns(page, `${panel(name)} .bars`)).filter(([, sources, , latestSources]) => sources !== '0' ||
    latestSources !== '0');
  const byLabel = new Map(rows.map(([text, ...numbers]) => [text, numbers]));
  for (const bin of peak.bins) {
    assert.equal(byLabel.get(label(bin))?.[0], whole(bin.sources), label(bin));
  }
  for (const bin of latest.bins) {
    assert.equal(byLabel.get(label(bin))?.[2], whole(bin.sources), label(bin));
  }
  const sum = (index) => rows.reduce((all, row) => all + Number(row[index]), 0);
  assert.deepEqual([sum(1), sum(3)], [peak.known, latest.known], 'nobody twice, nobody left out');
  const note = await textOf(page, `${panel(name)} .note`);
  assert.equal(note.includes(`${peak.unknown} cluster`), peak.unknown > 0, note);
}

test('the sizes of each period are the API\'s, and the medians stand beside the averages', async () => {
  const { page, problems, close } = await openPage(browser, server, '/?period=month');
  for (const [period, query] of [['month', 'periods=1'], ['quarter', 'periods=3'], ['year', 'periods=12'],
    ['30d', 'period=30d']]) {
    await page.locator(`input[name="period"][value="${period}"]`).check({ force: true });
    await loaded(page);
    await assertSizes(page, 'nodes', query);
    await assertSizes(page, 'tenants', query);
    for (const [figure, id] of [['nodes', 'nodes-per-source'], ['tenants', 'tenants']]) {
      const { peak } = await server.get(`/api/v1/distribution?figure=${figure}&${query}`);
      assert.match(await textOf(page, `[data-figure="${id}"] .hint`),
        new RegExp(`; half have at most ${whole(peak.median)}$`));
      const bars = page.locator(`[data-figure="${id}"] .sizes-mini span`);
      assert.ok(await bars.count() >= peak.bins.length);
      const heights = await bars.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
      assert.ok(Math.max(...heights) > 20, `${heights}`);
    }
  }
  assert.deepEqual(problems, []);
  await close();
});

test('the percentiles come as a table, and the histogram as CSV', async () => {
  const { page, close } = await openPage(browser, server, '/?period=month');
  await page.locator(`${panel('nodes')} .as-table summary`).click();
  await page.locator(`${panel('nodes')} .plain tbody tr`).first().waitFor();
  const { peak, latest } = await server.get('/api/v1/distribution?periods=1');
  const rows = new Map((await columns(page, `${panel('nodes')} .plain`)).map(([name, ...numbers]) => [name, numbers]));
  assert.deepEqual(rows.get('Median'), [whole(peak.median), whole(latest.median)]);
  assert.deepEqual(rows.get('99 %'), [whole(peak.p99), whole(latest.p99)]);
  assert.deepEqual(rows.get('Clusters that did not'), [whole(peak.unknown), whole(latest.unknown)]);
  const href = await page.locator(`${panel('nodes')} a[download]`).getAttribute('href');
  const csv = await (await fetch(new URL(href, page.url()))).text();
  assert.ok(csv.includes(`,nodes,peak,median,,,${peak.median}\r\n`), csv);
  await close();
});

test('with one cluster the page says how large it is, and of nobody else', async () => {
  const alone = await startServer('serve');
  await alone.report('c1', 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\ncozy_nodes_count{os="linux"} 3\n');
  await alone.report('c1', 'cozy_application_count{kind="Tenant"} 1\n');
  const { page, problems, close } = await openPage(browser, alone, '/', { waitFor: settled });
  assert.equal(await textOf(page, `${panel('nodes')} .in-words`), 'The one cluster that says so has 3 nodes.');
  assert.equal(await textOf(page, `${panel('tenants')} .in-words`), 'The one cluster that says so has 1 tenant.');
  assert.deepEqual(await columns(page, `${panel('nodes')} .bars`), [['3', '1', '100%', '1']]);
  assert.equal(await textOf(page, '[data-figure="nodes-per-source"] .hint'), 'on average');
  assert.deepEqual(problems, []);
  await close();
});

test('what nobody has between two sizes is told, and odd sizes are readable on a phone', async () => {
  const odd = await startServer('serve');
  for (const [i, nodes] of ['1e18', '-4', '0', '3'].entries()) {
    await odd.report(`c${i}`, `cozy_cluster_info{cozystack_version="v1.0.0"} 1\ncozy_nodes_count{os="x"} ${nodes}\n`);
  }
  await odd.report('silent', 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\n');
  const { page, problems, close } = await openPage(browser, odd, '/', { waitFor: settled,
    viewport: { width: 360, height: 740 } });
  const rows = (await columns(page, `${panel('nodes')} .bars`)).map(([text, sources]) => [text, sources]);
  assert.deepEqual(rows.slice(0, 5), [['-5 to -4', '1'], ['-3 to -1', '0'], ['0', '1'], ['1–2', '0'], ['3', '1']]);
  assert.deepEqual(rows.at(-1), ['5×10¹⁷–1×10¹⁸', '1']);
  assert.match(await textOf(page, `${panel('nodes')} .note`), / 1 cluster did not say\.$/);
  const inside = await page.locator(panel('nodes')).evaluate((node) => [...node.querySelectorAll('.bars *')]
    .every((one) => one.getBoundingClientRect().right <= node.getBoundingClientRect().right));
  assert.ok(inside);
  assert.deepEqual(problems, []);
  await close();
});

test('of a period that was counted without sizes nothing is made up', async () => {
  const route = (page) => page.route('**/api/v1/distribution?*', async (asked) => {
    const answer = await (await asked.fetch()).json();
    await asked.fulfill({ json: { ...answer, sources: null, peak: null, latest: null } });
  });
  const { page, problems, close } = await openPage(browser, server, '/?period=month', { route });
  assert.equal(await textOf(page, `${panel('nodes')} .in-words`), 'Not known of this period.');
  assert.equal(await page.locator(`${panel('nodes')} a[download]`).isVisible(), false);
  assert.equal(await textOf(page, '[data-figure="nodes-per-source"] .hint'), 'on average');
  assert.deepEqual(problems, []);
  await close();
});

test('where only peaks are stored any more, the latest reports are left out', async () => {
  const route = (page) => page.route('**/api/v1/distribution?*', async (asked) => {
    const answer = await (await asked.fetch()).json();
    await asked.fulfill({ json: { ...answer, latest: null } });
  });
  const { page, close } = await openPage(browser, server, '/?period=month', { route });
  assert.deepEqual(await page.locator(`${panel('nodes')} .bars thead th`).allInnerTexts(), ['Nodes', 'Clusters', 'Share']);
  assert.match(await textOf(page, `${panel('nodes')} .note`), /that it had at once\./);
  await page.locator(`${panel('nodes')} .as-table summary`).click();
  assert.match(await page.locator(`${panel('nodes')} .plain`).innerText(), /Median\s+\d+\s+not known/);
  await close();
});
