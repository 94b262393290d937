// The page knows no product: what it shows, in which words and where, comes from the declaration of the fleet that the
// address names.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { before, test } from 'node:test';
import { promisify } from 'node:util';
import { fleetOf, label, moreFigures, panel, tellOf } from './declared.js';
import { columns, loaded, openPage, startBrowser, startServer, textOf } from './support.js';

let server;
let browser;

before(async () => {
  server = await startServer('serve');
  browser = await startBrowser();
  await server.report('c1', 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\ncozy_nodes_count{os="linux"} 3\n');
});

const settled = (page) => page.waitForFunction(() => document.querySelectorAll('.panel').length > 0 &&
  !document.querySelector('.panel[aria-busy="true"]'));

const open = (path, fleets, more = {}) => openPage(browser, server, path, { waitFor: settled,
  route: (page) => tellOf(page, fleets), ...more });

// "h2 Growth" for each heading that is seen.
const headings = (page) => page.locator('#dashboard :is(h2, h3):not(.unseen, .card h3)').evaluateAll((nodes) => nodes.map(
  (node) => `${node.localName} ${node.textContent}`));

test('a fleet without a page of its own has figures, trends, its breakdowns and the rest, in its words', async () => {
  const { page, problems, close } = await open('/?fleet=myapp', [fleetOf()]);
  assert.equal(await textOf(page, '#title'), 'My <App>, last 30 days');
  assert.equal(await page.title(), 'My <App>, last 30 days – rollcall');
  assert.deepEqual(await headings(page), ['h2 Growth', 'h3 Installations by month', 'h3 Users by month',
    'h3 Installations by day', 'h3 Users by day', 'h2 Versions', 'h2 Other labels']);
  assert.deepEqual(await page.locator('.card h3').allInnerTexts(), ['Installations', 'Users', 'Users per installation']);
  assert.deepEqual(await page.locator('[data-breakdown="version"] thead th').allInnerTexts(),
    ['Value', 'Installations', 'Share', 'Trend']);
  assert.equal(await textOf(page, '[data-breakdown="version"] .note'),
    'Which version runs. Installations by version in their latest report of the period.');
  assert.deepEqual(await page.locator('.explorer option').allInnerTexts(), ['myapp_info by database']);
  assert.match(await page.locator('.explain p').textContent(), /^An installation counts when it reported/);
  assert.doesNotMatch(await page.locator('main').innerText(), /cluster|cozy/i);
  assert.deepEqual(problems, []);
  await close();
});

test('panels stand in the order of the declaration, under its headings, with its words', async () => {
  const { page, problems, close } = await open('/?fleet=myapp', [fleetOf({ page: [
    label('version', { show: 'adoption', section: 'What runs', title: 'Releases', note: 'By release.' }),
    label('database', { section: 'What runs', title: 'Databases', plain: 'linux \\((.+)\\)', sums: 'Tables',
      names: { 'b "quoted"': 'Second' } }),
    panel('trend', { section: 'Over time', note: 'What grows.' }),
    panel('figures', { section: 'In short' }),
    label('database', { section: 'Amounts', title: 'Space', bytes: ['b "quoted"'], names: { 'b "quoted"': 'Disk' } }),
    label('database', { section: 'Lists', title: 'Engines', sums: 'Uses' }),
  ] })]);
  assert.deepEqual(await headings(page), ['h2 What runs', 'h3 Releases', 'h3 Databases', 'h2 Over time',
    'h3 Installations by month', 'h3 Users by month', 'h3 Installations by day', 'h3 Users by day', 'h2 In short',
    'h2 Amounts', 'h3 Space', 'h2 Lists', 'h3 Engines']);
  assert.equal(await textOf(page, '[data-adoption="version"] .note'), 'By release.');
  assert.equal(await textOf(page, '.section-note'), 'What grows.');
  const [databases, space] = [page.locator('[data-breakdown="database"]').nth(0), page.locator(
    '[data-breakdown="database"]').nth(1)];
  const rows = (of) => of.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].slice(0, -1)
    .map((cell) => cell.innerText.trim())));
  assert.deepEqual(await databases.locator('thead th').allInnerTexts(), ['Value', 'Installations', 'Tables', 'Trend']);
  assert.deepEqual(await rows(databases), [['old', '2', '5'], ['Second', '1', '2']]);
  assert.deepEqual(await space.locator('thead th').allInnerTexts(),
    ['Database', 'Total', 'Per installation', 'Installations', 'Trend']);
  assert.deepEqual(await rows(space), [['Disk', '2 B', '2 B', '1'], ['linux (old)', '5', '2.5', '2']]);
  assert.deepEqual((await columns(page, '.long-list')).map((row) => row.slice(0, 4)),
    [['linux (old)', '2', '66.7%', '5'], ['b "quoted"', '1', '33.3%', '2']]);
  assert.deepEqual(await page.locator('.long-list thead th').allInnerTexts(),
    ['Engine', 'Installations', 'Share', 'Uses', 'Trend']);
  assert.equal(await page.locator('.explorer').count(), 0, 'where it is not declared');
  assert.deepEqual(problems, []);
  await close();
});

test('where bars are sums, the largest sum is first, not what most reported', async () => {
  const coroot = await startServer('serve', ['--fleets', 'coroot']);
  const integrations = [{ prometheus: false, tracing: true }, { prometheus: true, tracing: true },
    { prometheus: false, tracing: true, logs: true }, { prometheus: false, logs: true }];
  for (const [i, integration] of integrations.entries()) {
    const answer = await fetch(`${coroot.address}/ce/usage-statistics`, { method: 'POST',
      body: JSON.stringify({ instance: { uuid: `i${i}` }, integration }) });
    assert.equal(answer.status, 200);
  }
  const { page, close } = await openPage(browser, coroot, '/', { waitFor: settled });
  assert.deepEqual((await columns(page, '[data-breakdown="integration"]')).map((row) => row.slice(0, 2)).slice(0, 3),
    [['tracing', '3'], ['logs', '2'], ['prometheus', '1']]);
  await close();
});

test('a pattern that JavaScript does not know leaves values as they are', async () => {
  const { page, problems, close } = await open('/?fleet=myapp', [fleetOf({ page: [
    label('version', { title: 'Versions', plain: '(?i)\\Qlinux\\E (.+)' })] })]);
  assert.deepEqual((await columns(page, '[data-breakdown="version"]')).map(([name]) => name), ['linux (old)', 'b "quoted"']);
  assert.deepEqual(problems, []);
  await close();
});

test('charts of further figures are asked for when somebody wants them', async () => {
  const fleet = fleetOf();
  fleet.figures.push(...moreFigures);
  let asked;
  const { page, problems, close } = await openPage(browser, server, '/?fleet=myapp', { waitFor: settled,
    route: async (opened) => { asked = await tellOf(opened, [fleet]); } });
  assert.deepEqual(await page.locator('.card h3').allInnerTexts(), ['Installations', 'Users', 'Users per installation',
    'Jobs that are done', 'Disks']);
  const ofMore = () => asked.filter((one) => /^trend myapp_(done_jobs|disks)$/.test(one)).length;
  assert.equal(ofMore(), 0);
  await page.getByRole('button', { name: 'Show 2 more figures' }).click();
  await page.getByRole('img', { name: /^Disks by day: / }).waitFor();
  await settled(page);
  assert.equal(ofMore(), 4);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Jobs that are done by month');
  assert.deepEqual(problems, []);
  await close();
});

test('the fleet is chosen by the query, by the path and at the top, and the address says which', async () => {
  const route = async (page) => {
    await tellOf(page, [fleetOf()]);
    // As the server answers for a fleet that it knows.
    await page.route('**/myapp/*', async (asked) => asked.fulfill({ response: await asked.fetch({
      url: asked.request().url().replace('/myapp/', '/cozystack/') }) }));
  };
  const title = () => textOf(page, '#title');
  const where = () => page.url().slice(server.address.length);
  const { page, problems, close } = await openPage(browser, server, '/myapp/', { waitFor: settled, route });
  assert.equal(await title(), 'My <App>, last 30 days');
  await page.getByRole('radio', { name: 'Quarter' }).check({ force: true });
  await settled(page);
  assert.equal(where(), '/myapp/?period=quarter');
  const choose = async (name) => {
    await page.getByLabel('Fleet').selectOption({ label: name });
    await settled(page);
  };
  assert.deepEqual(await page.getByLabel('Fleet').locator('option').allInnerTexts(), ['Cozystack', 'My <App>']);
  await choose('Cozystack');
  assert.equal(where(), '/?fleet=cozystack&period=quarter');
  assert.match(await title(), /^Cozystack, /);
  const privacy = () => page.locator('footer a', { hasText: 'What is collected' }).evaluate(({ href }) => href);
  assert.equal(await privacy(), `${server.address}/privacy?fleet=cozystack`);
  await choose('My <App>');
  assert.equal(await privacy(), `${server.address}/privacy?fleet=myapp`);
  assert.equal(where(), '/?fleet=myapp&period=quarter');
  assert.match(await title(), /^My <App>, /);
  await page.goBack();
  await settled(page);
  assert.match(await title(), /^Cozystack, /);
  await page.goBack();
  await settled(page);
  assert.equal(where(), '/myapp/?period=quarter');
  assert.match(await title(), /^My <App>, /);
  await page.goto(`${server.address}/cozystack/?fleet=myapp`);
  await settled(page);
  assert.match(await title(), /^My <App>, /, 'the query is the more exact');
  await page.goto(`${server.address}/?fleet=none`);
  await settled(page);
  assert.match(await title(), /^Cozystack, /, 'unknown is as good as none');
  assert.deepEqual(problems, []);
  await close();
});

test('at the path of a fleet all works that works at the root', async () => {
  const { page, problems, close } = await openPage(browser, server, '/cozystack/', { waitFor: loaded });
  assert.match(await textOf(page, '#title'), /^Cozystack, /);
  for (const link of await page.locator('a[href]').all()) {
    const { href, origin } = await link.evaluate((node) => ({ href: node.href, origin: node.origin }));
    if (origin === server.address) {
      assert.equal((await fetch(href)).status, 200, href);
    }
  }
  await page.getByRole('radio', { name: 'Quarter' }).check({ force: true });
  await loaded(page);
  assert.equal(page.url(), `${server.address}/cozystack/?period=quarter`);
  assert.deepEqual(problems, []);
  await close();
});

test('a fleet that nobody has reported of says how to begin, beside one that has reports', async () => {
  const empty = { generated_at: null, first_month: null, last_month: null, metrics: [] };
  const { page, problems, close } = await open('/?fleet=myapp', [fleetOf(empty)], {
    waitFor: (opened) => opened.locator('#first-run').waitFor() });
  assert.equal(await textOf(page, '#title'), 'My <App>');
  assert.equal(await textOf(page, '#status'), 'No reports yet');
  assert.equal(await textOf(page, '#first-run-one'), 'installation');
  assert.equal(await textOf(page, '#first-run-address'), `${server.address}/in/myapp`);
  assert.equal(await page.locator('#month').isVisible(), false);
  await page.getByLabel('Fleet').selectOption({ label: 'Cozystack' });
  await loaded(page);
  assert.equal(await page.locator('#first-run').isVisible(), false);
  await page.getByLabel('Fleet').selectOption({ label: 'My <App>' });
  await page.locator('#first-run').waitFor();
  assert.equal(await page.locator('#dashboard').isVisible(), false);
  assert.deepEqual(problems, []);
  await close();
});

for (const [what, reports, header] of [
  ['lines', { example: 'a{b="it\'s $HOME `x` \\\\ \\" %s"} 1\nREPORT\n' }, 'x-install-id'],
  ['JSON', { format: 'json', id_header: null, path: '/in/it\'s', example: '{\n  "id": "x",\n  "a": "\'$(x) \\u00e4"\n}' },
    'content-type'],
]) {
  test(`a shell that runs the command sends ${what} as they are in the declaration`, async () => {
    const received = [];
    const sink = createServer(async (request, answer) => {
      const parts = [];
      for await (const part of request) {
        parts.push(part);
      }
      received.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts).toString() });
      answer.end();
    });
    await new Promise((resolve) => { sink.listen(0, '127.0.0.1', resolve); });
    const base = fleetOf({ last_month: null, first_month: null, metrics: [] });
    const fleet = { ...base, reports: { ...base.reports, ...reports } };
    const { page, problems, close } = await open('/?fleet=myapp', [fleet], {
      waitFor: (opened) => opened.locator('#first-run').waitFor() });
    const command = (await page.locator('#first-run-command').textContent())
      .replace(server.address, `http://127.0.0.1:${sink.address().port}`);
    await promisify(execFile)('bash', ['-c', `set -e\n${command}`]);
    sink.close();
    assert.equal(received.length, 1);
    assert.equal(received[0].url, fleet.reports.path);
    assert.equal(received[0].headers[header], what === 'JSON' ? 'application/json' : 'my-installation');
    assert.equal(received[0].body.trimEnd(), fleet.reports.example.trimEnd());
    assert.deepEqual(problems, []);
    await close();
  });
}

test('a fleet of which no example can be made is told where reports go, and no more', async () => {
  const base = fleetOf({ last_month: null, first_month: null, metrics: [] });
  const { page, problems, close } = await open('/?fleet=myapp', [{ ...base, reports: { ...base.reports, example: null,
    example_id: null } }], { waitFor: (opened) => opened.locator('#first-run').waitFor() });
  assert.equal(await page.locator('#first-run-example').isVisible(), false);
  assert.equal(await textOf(page, '#first-run-address'), `${server.address}/in/myapp`);
  assert.deepEqual(problems, []);
  await close();
});

test('what the product is and where it leads to stands below the numbers', async () => {
  const { page, close } = await open('/?fleet=myapp', [fleetOf()]);
  assert.equal(await textOf(page, '#product'), 'My <App> A server that keeps apps. Home page · How to switch it off');
  assert.deepEqual(await page.locator('#product a').evaluateAll((links) => links.map(({ href }) => href)),
    ['https://myapp.example/', 'https://myapp.example/off']);
  await close();
});
