// For everyone, and light: axe-core, the keyboard, small screens, no jumps, weight, nothing from
// elsewhere. Also makes the README's screenshot, where ROLLCALL_SCREENSHOT names a file.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { FEW_SOURCES, loaded, openPage, startBrowser, startServer } from './support.js';

const MOST_BYTES = 350 * 1024;
const MOST_SHIFT = 0.02;
const MOST_MS_TO_NUMBER = 5_000;  // on a busy machine; some hundred on a quiet one
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server;
let empty;
let browser;

before(async () => {
  server = await startServer('demo', FEW_SOURCES);
  empty = await startServer('serve');
  browser = await startBrowser();
});

async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test(`axe-core finds nothing, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page, close } = await openPage(browser, server, '/', { colorScheme,
        viewport: { width, height: 800 } });
      await page.locator('[data-trend="clusters-month"] summary').click();
      await page.locator('.explain summary').click();
      assert.deepEqual(await violations(page), []);
      await close();
    });
  }
  test(`axe-core finds nothing on the empty page and on failures, ${colorScheme}`, async () => {
    const first = await openPage(browser, empty, '/', { colorScheme,
      waitFor: (page) => page.locator('#first-run').waitFor() });
    assert.deepEqual(await violations(first.page), []);
    await first.close();
    const second = await openPage(browser, server, '/', { colorScheme,
      route: (page) => page.route('**/api/v1/{trend,breakdown,overview}*', (route) => route.abort()) });
    assert.deepEqual(await violations(second.page), []);
    await second.close();
  });
}

test('nothing scrolls sideways at 360 pixels', async () => {
  const { page, close } = await openPage(browser, server, '/?period=year', { viewport: { width: 360, height: 740 } });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth),
    true);
  const wide = await page.evaluate(() => [...document.querySelectorAll('main *')]
    .filter((node) => !node.closest('.unseen, .table-box') && node.getBoundingClientRect().right >
      (node.parentElement.closest('.panel, .card')?.getBoundingClientRect().right ?? innerWidth))
    .map((node) => node.outerHTML.slice(0, 80)));
  assert.deepEqual(wide, []);
  await close();
});

for (const width of [1280, 360]) {
  test(`nothing jumps while it loads, nor when the month changes, ${width} pixels wide`, async () => {
    // Answers come late and one after the other, as over a slow line.
    let answers = 0;
    const slow = async (page) => page.route('**/api/v1/**', async (route) => {
      const response = await route.fetch();
      answers += 1;
      await new Promise((resolve) => { setTimeout(resolve, 40 * (answers % 5)); });
      await route.fulfill({ response });
    });
    const { page, close } = await openPage(browser, server, '/', { route: slow, viewport: { width, height: 800 } });
    const shifted = () => page.evaluate(() => new Promise((resolve) => {
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(window.shifted)));
    }));
    assert.ok(await shifted() < MOST_SHIFT, `loading: ${await shifted()}`);
    // By the address, so that it does not count as what a user's click may move.
    const first = await shifted();
    await page.evaluate(() => {
      history.pushState(null, '', '?period=quarter');
      dispatchEvent(new PopStateEvent('popstate'));
    });
    await loaded(page);
    assert.ok(await shifted() - first < MOST_SHIFT, `another period: ${await shifted() - first}`);
    await close();
  });
}

test('everything can be done with the keyboard alone', async () => {
  const { page, problems, close } = await openPage(browser, server);
  const focus = () => page.evaluate(() => document.activeElement.id || document.activeElement.value ||
    document.activeElement.textContent.trim());
  await page.keyboard.press('Tab');
  assert.equal(await focus(), 'Skip to the numbers');
  await page.keyboard.press('Enter');
  assert.equal(await focus(), 'main');
  await page.getByRole('radio', { name: 'Month' }).focus();
  await page.keyboard.press('ArrowRight');
  await loaded(page);
  assert.equal(new URL(page.url()).searchParams.get('period'), 'quarter');
  assert.equal(await focus(), 'quarter');
  await page.keyboard.press('Tab');
  assert.equal(await focus(), 'month-before');
  await page.keyboard.press('Enter');
  await loaded(page);
  assert.ok(new URL(page.url()).searchParams.get('month'));
  assert.equal(await focus(), 'month-before');
  // Whatever can be used is reached in order, and one sees where one is.
  const usable = await page.locator('main :is(a[href], button, select, input, summary):visible').count();
  let reached = 0;
  await page.locator('#month-after').focus();
  for (let i = 0; i < usable + 20; i += 1) {
    await page.keyboard.press('Tab');
    const state = await page.evaluate(() => ({ inMain: Boolean(document.activeElement.closest('main')),
      outline: getComputedStyle(document.activeElement).outlineStyle, text: document.activeElement.outerHTML }));
    if (!state.inMain) {
      break;
    }
    reached += 1;
    assert.notEqual(state.outline, 'none', state.text);
  }
  assert.equal(reached, usable);
  assert.deepEqual(problems, []);
  await close();
});

test('the page is light, comes from one server, and is fetched once', async (context) => {
  const sizes = new Map();
  const { page, problems, close } = await openPage(browser, server, '/', {
    route: (opened) => opened.on('requestfinished', async (request) => {
      if (!request.url().includes('/api/')) {
        sizes.set(new URL(request.url()).pathname, (await request.sizes()).responseBodySize);
      }
    }) });
  const sum = [...sizes.values()].reduce((a, b) => a + b, 0);
  assert.ok(sizes.size > 10);
  assert.ok(sum < MOST_BYTES, `${sum} bytes`);
  const policy = (await fetch(server.address)).headers.get('content-security-policy');
  assert.match(policy, /^default-src 'none';/);
  assert.doesNotMatch(policy, /unsafe|\*|http/);
  const again = [];
  page.on('response', (response) => again.push(response));
  await page.reload();
  await loaded(page);
  for (const response of again.filter((one) => one.url().includes('/assets/'))) {
    assert.match(response.headers()['cache-control'], /immutable/, response.url());
  }
  const first = await page.evaluate(() => performance.getEntriesByType('resource')
    .filter(({ name }) => name.includes('/assets/')).map(({ transferSize }) => transferSize));
  assert.ok(first.length > 10);
  assert.deepEqual(first.filter((size) => size > 0), [], 'a second visit loads nothing of the page again');
  assert.deepEqual(problems, []);
  context.diagnostic(`page weight on the wire: ${sum} bytes in ${sizes.size} files`);
  await close();
});

test('charts follow the colour scheme while the page is open', async () => {
  const { page, close } = await openPage(browser, server);
  const canvas = page.locator('[data-trend="clusters-month"] canvas');
  const light = await canvas.evaluate((node) => node.toDataURL());
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(([selector, before]) => document.querySelector(selector).toDataURL() !== before,
    ['[data-trend="clusters-month"] canvas', light]);
  await close();
});

test('the picture of the README', { skip: !process.env.ROLLCALL_SCREENSHOT }, async () => {
  const fleet = await startServer('demo', ['--interval', '24h']);
  const { page, close } = await openPage(browser, fleet, '/?period=quarter', {
    viewport: { width: 1280, height: 944 } });
  await page.screenshot({ path: process.env.ROLLCALL_SCREENSHOT, animations: 'disabled' });
  await close();
});

test('the first number is there soon', async (context) => {
  const { page, close } = await openPage(browser, server, '/', { waitFor: async (opened) => {
    await opened.waitForFunction(() => /\d/.test(document.querySelector('[data-figure] .value')?.textContent ?? ''));
  } });
  const ms = await page.evaluate(() => performance.now());
  context.diagnostic(`first number after ${Math.round(ms)} ms`);
  assert.ok(ms < MOST_MS_TO_NUMBER, `${ms} ms`);
  await close();
});
