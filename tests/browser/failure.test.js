// What fails says so where it fails, leaves the rest alone, and comes back on request.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { FEW_SOURCES, card, loaded, openPage, startBrowser, startServer, textOf } from './support.js';

let server;
let browser;

before(async () => {
  server = await startServer('demo', FEW_SOURCES);
  browser = await startBrowser();
});

test('a section whose request fails offers to try again; the others stand', async () => {
  const isCapacity = (url) => url.pathname === '/api/v1/breakdown' && url.searchParams.get('by') === 'resource';
  const { page, close } = await openPage(browser, server, '/', { route: (opened) => opened.route(isCapacity,
    (route) => route.fulfill({ status: 500, json: { error: 'the row cannot be read' } })) });
  const failures = page.locator('.panel-failure:visible');
  assert.equal(await failures.count(), 1);
  assert.match(await failures.innerText(), /could not be loaded\. The server answered 500: the row cannot be read\./);
  assert.equal(await failures.getAttribute('role'), 'alert');
  assert.notEqual(await card(page, 'clusters'), '–');
  await page.unroute(isCapacity);
  await failures.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('row', { name: /^Processor cores/ }).waitFor();
  assert.equal(await failures.count(), 0);
  await close();
});

test('numbers of another month never stand below a failure', async () => {
  const { page, close } = await openPage(browser, server);
  await page.route('**/api/v1/overview?*', (route) => route.abort());
  await page.getByRole('button', { name: 'One month back' }).click();
  const failure = page.locator('.bare .panel-failure');
  await failure.waitFor();
  assert.match(await failure.innerText(), /The server cannot be reached\./);
  assert.equal(await page.locator('.cards').isVisible(), false);
  await page.unroute('**/api/v1/overview?*');
  await page.locator('.cards').waitFor();
  await close();
});

test('charts that lack their program say so and get it on the next try', async () => {
  const { page, close } = await openPage(browser, server, '/', {
    route: (opened) => opened.route('**/chart.min.js', (route) => route.abort()) });
  const failure = page.locator('[data-trend="clusters-month"] .panel-failure');
  assert.match(await failure.innerText(), /program that draws charts/);
  await page.unroute('**/chart.min.js');
  await failure.getByRole('button').click();
  await page.getByRole('img', { name: /^Clusters by month: / }).waitFor();
  await close();
});

test('a server that is gone is told of, and tried again', async () => {
  const { page, close } = await openPage(browser, server, '/', {
    route: (opened) => opened.route('**/api/v1/fleets', (route) => route.abort()),
    waitFor: (opened) => opened.getByText('The list of fleets could not be loaded.').waitFor(),
  });
  assert.match(await textOf(page, '#failure'), /The server cannot be reached\. Trying again in \d+ s\./);
  await page.unroute('**/api/v1/fleets');
  await page.getByRole('button', { name: 'Try now' }).click();
  await loaded(page);
  assert.equal(await page.locator('#failure').isVisible(), false);
  await close();
});

test('a server that was away is asked once for all panels, ever more seldom, and all come back by themselves', async () => {
  const { page, close } = await openPage(browser, server);
  await page.clock.install();
  await page.clock.pauseAt(Date.now() + 1000);
  const asked = [];
  const away = (route) => {
    asked.push(new URL(route.request().url()).pathname);
    return route.abort();
  };
  await page.route('**/api/v1/**', away);
  await page.getByRole('button', { name: 'One month back' }).click();
  await page.locator('#failure').waitFor();
  await loaded(page);
  assert.ok(await page.locator('.panel-failure:visible').count() > 5);
  const pauses = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    asked.length = 0;
    pauses.push(Number(/in (\d+) s/.exec(await textOf(page, '#failure-text'))[1]));
    const failed = page.waitForEvent('requestfailed');
    await page.clock.runFor((pauses[attempt] + 1) * 1000);
    await failed;
    await page.locator('#retry:enabled').waitFor();
    assert.deepEqual(asked, ['/api/v1/fleets'], 'one question, not one for each panel');
  }
  assert.ok(pauses[3] >= pauses[0] * 3, pauses.join(' '));
  await page.unroute('**/api/v1/**', away);
  const failing = Number(/in (\d+) s/.exec(await textOf(page, '#failure-text'))[1]);
  await page.clock.runFor((failing + 1) * 1000);
  await page.clock.resume();
  await page.locator('#failure').waitFor({ state: 'hidden' });
  await loaded(page);
  assert.equal(await page.locator('.panel-failure:visible').count(), 0);
  await close();
});

test('numbers that are there stay while the server is away, and the page says since when', async () => {
  const { page, close } = await openPage(browser, server);
  const clusters = await card(page, 'clusters');
  await page.clock.install();
  await page.route('**/api/v1/**', (route) => route.abort());
  await page.evaluate(() => dispatchEvent(new PopStateEvent('popstate')));
  await page.clock.runFor(6 * 60_000);
  await page.locator('#failure').waitFor();
  assert.equal(await card(page, 'clusters'), clusters);
  assert.equal(await page.locator('.cards').isVisible(), true);
  assert.match(await textOf(page, '#status'), /^As of /);
  await close();
});
