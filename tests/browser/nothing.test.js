// Where there is nothing to count, the page says so: never an error, never "Loading" for ever.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { loaded, monthOn, openPage, startBrowser, startServer, textOf } from './support.js';

let browser;

before(async () => { browser = await startBrowser(); });

const settled = (page) => page.waitForFunction(() => document.querySelectorAll('.panel').length > 0 &&
  !document.querySelector('.panel[aria-busy="true"]'));

const assertNoFailure = async (page) => {
  assert.equal(await page.locator('.panel-failure:visible, #failure:visible').count(), 0);
  assert.doesNotMatch(await page.locator('body').innerText(), /Loading|could not be loaded/);
};

test('another product\'s first report, without the counted metric, is told and shown', async () => {
  const server = await startServer('serve');
  await server.report('c1', 'myapp_info{version="1.2"} 1\nmyapp_users 7\n');
  const { page, close } = await openPage(browser, server, '/', { waitFor: settled });
  assert.match(await textOf(page, '.bare .notice'), /none has cozy_cluster_info, by which clusters are counted/);
  assert.equal(await textOf(page, '#status'), 'Reports have come in, but none of what is counted');
  assert.equal(await page.locator('.cards').isVisible(), false);
  assert.match(await page.locator('.explorer .bars tbody').innerText(), /1\.2\s+1\s+100%/);
  await assertNoFailure(page);
  await close();
});

test('a server that only forwards says that there is nothing here', async () => {
  const server = await startServer('serve', ['--no-store', '--forward-url', 'http://127.0.0.1:9/api/v1/import']);
  const { page, problems, close } = await openPage(browser, server, '/', {
    waitFor: (opened) => opened.getByRole('heading', { name: 'This server forwards reports and keeps none' })
      .waitFor() });
  assert.equal(await textOf(page, '#status'), 'Nothing is counted here');
  assert.equal(await page.locator('#first-run').isVisible(), false);
  await assertNoFailure(page);
  assert.deepEqual(problems, []);
  await close();
});

test('a month without reports says so and offers the one before it that has some', async () => {
  const server = await startServer('serve');
  const now = new Date().toISOString().slice(0, 7);
  const [early, empty] = [monthOn(now, -3), monthOn(now, -2)];
  await server.report('c1', 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\ncozy_nodes_count{os="linux"} 3\n');
  await server.importLines(`cozy_cluster_info{cluster_id="c1",cozystack_version="v0.9.0"} 1 ${Date.parse(
    `${early}-10`)}\n`);
  const { page, problems, close } = await openPage(browser, server, `/?month=${empty}&period=month`, {
    waitFor: settled });
  const name = (month) => new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
    .format(new Date(`${month}-01`));
  assert.match(await textOf(page, '.bare .notice'), new RegExp(`Nothing was reported in ${name(empty)}\\.`));
  assert.equal(await page.locator('.cards').isVisible(), false);
  await assertNoFailure(page);
  await page.getByRole('button', { name: `Show ${name(early)}` }).click();
  // The month may still be being counted.
  await page.locator('[data-figure="clusters"] .value', { hasText: /^1$/ }).waitFor();
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get('month'), early);
  assert.deepEqual(problems, []);
  await close();
});

test('without JavaScript the main numbers are there, and nothing says that it is loading', async () => {
  const server = await startServer('serve');
  await server.report('c1', 'cozy_cluster_info 1\n');
  const { page, close } = await openPage(browser, server, '/', { javaScriptEnabled: false,
    viewport: { width: 360, height: 700 }, waitFor: () => {} });
  await page.getByRole('img', { name: 'Clusters by month' }).waitFor();
  assert.match(await page.locator('main').innerText(), /This page needs JavaScript/);
  assert.doesNotMatch(await page.locator('body').innerText(), /Loading/);
  const box = await page.getByRole('img', { name: 'Clusters by month' }).boundingBox();
  assert.ok(box.width > 100 && box.x + box.width <= 360, `${box.x} + ${box.width}`);
  for (const link of await page.locator('noscript a').all()) {
    const response = await fetch(new URL(await link.getAttribute('href'), `${server.address}/`));
    assert.equal(response.status, 200);
  }
  await close();
});

test('words in the address that every object of JavaScript knows are as good as none', async () => {
  const server = await startServer('serve');
  await server.report('c1', 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\ncozy_nodes_count{os="linux"} 3\n' +
    'cozy_cluster_capacity{resource="constructor"} 3\ncozy_package_info{name="__proto__"} 1\n' +
    'cozy_application_count{kind="toString"} 2\n');
  for (const word of ['toString', '__proto__', 'constructor', 'hasOwnProperty']) {
    const { page, problems, close } = await openPage(browser, server,
      `/?period=${word}&sort=${word}&label=${word}&fleet=${word}&month=${word}`, { waitFor: loaded });
    assert.equal(await textOf(page, '[data-figure="clusters"] .value'), '1', word);
    assert.match(await page.locator('.amounts tbody').innerText(), /^constructor\s+3/);
    assert.match(await page.locator('.long-list tbody').innerText(), /^toString/);
    await assertNoFailure(page);
    assert.deepEqual(problems, []);
    await close();
  }
});
