// The page in every form: below a path of a proxy, on paper, with long lists, wide tables and huge numbers.

import assert from 'node:assert/strict';
import { createServer, request } from 'node:http';
import { after, before, test } from 'node:test';
import { FEW_SOURCES, card, loaded, openPage, startBrowser, startServer, textOf } from './support.js';

let demo;
let browser;
const atEnd = [];

before(async () => {
  demo = await startServer('demo', FEW_SOURCES);
  browser = await startBrowser();
});
after(() => atEnd.forEach((end) => end()));

// As nginx does with "location /stats/ { proxy_pass http://server/; }"; all else is not there.
async function proxyBelow(prefix, server) {
  const proxy = createServer((asked, answer) => {
    if (!asked.url.startsWith(prefix)) {
      answer.writeHead(404).end();
      return;
    }
    const upstream = request(server.address + asked.url.slice(prefix.length - 1),
      { method: asked.method, headers: asked.headers }, (response) => {
        answer.writeHead(response.statusCode, response.headers);
        response.pipe(answer);
      });
    upstream.on('error', () => answer.destroy());
    asked.pipe(upstream);
  });
  await new Promise((resolve) => { proxy.listen(0, '127.0.0.1', resolve); });
  atEnd.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { ...server, address: `http://127.0.0.1:${proxy.address().port}` };
}

test('below a path of a proxy everything works, and nothing is asked for outside of it', async () => {
  const proxied = await proxyBelow('/stats/', demo);
  const outside = [];
  const { page, problems, close } = await openPage(browser, proxied, '/stats/', { route: (opened) => (
    opened.on('request', (asked) => {
      if (!new URL(asked.url()).pathname.startsWith('/stats/')) {
        outside.push(asked.url());
      }
    })) });
  assert.notEqual(await card(page, 'clusters'), '–');
  await page.getByRole('button', { name: 'One month back' }).click();
  await loaded(page);
  assert.equal(new URL(page.url()).pathname, '/stats/');
  await page.getByRole('link', { name: 'rollcall', exact: true }).click();
  await loaded(page);
  assert.equal(new URL(page.url()).href, `${proxied.address}/stats/`);
  for (const link of await page.locator('a[href]').all()) {
    const { origin, pathname } = await link.evaluate((node) => ({ origin: node.origin, pathname: node.pathname }));
    assert.ok(origin !== proxied.address || pathname.startsWith('/stats/'), await link.getAttribute('href'));
  }
  await page.goBack();
  await loaded(page);
  assert.deepEqual(outside, []);
  assert.deepEqual(problems, []);
  await close();
});

test('an empty page below a path names that path in its command', async () => {
  const proxied = await proxyBelow('/a/b/', await startServer('serve'));
  const { page, close } = await openPage(browser, proxied, '/a/b/', {
    waitFor: (opened) => opened.locator('#first-run').waitFor() });
  assert.ok((await textOf(page, '#first-run-command')).includes(` ${proxied.address}/a/b/ <<`));
  assert.equal(await textOf(page, '#first-run-address'), `${proxied.address}/a/b/`);
  await close();
});

for (const width of [1280, 360]) {
  test(`tables below charts scroll in their box, ${width} pixels wide`, async () => {
    const { page, close } = await openPage(browser, demo, '/', { viewport: { width, height: 800 } });
    for (const summary of await page.locator('.as-table > summary').all()) {
      await summary.click();
    }
    const wide = await page.evaluate(() => ({ page: document.documentElement.scrollWidth - innerWidth,
      boxes: [...document.querySelectorAll('.table-box')].map((box) => ({ over: box.getBoundingClientRect().right -
        box.closest('.panel').getBoundingClientRect().right, scrolls: box.scrollWidth > box.clientWidth })) }));
    assert.ok(wide.page <= 0, `${wide.page} pixels too wide`);
    assert.deepEqual(wide.boxes.filter(({ over }) => over > 0), []);
    assert.ok(width > 360 || wide.boxes.some(({ scrolls }) => scrolls), 'at least one is wider than its box');
    await close();
  });
}

test('on paper there is nothing to click, dark becomes light, and charts follow', async () => {
  const { page, close } = await openPage(browser, demo, '/', { colorScheme: 'dark' });
  const canvas = '[data-trend="clusters-month"] canvas';
  const dark = await page.locator(canvas).evaluate((node) => node.toDataURL());
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await page.waitForFunction(([selector, before]) => document.querySelector(selector).toDataURL() !== before,
    [canvas, dark]);
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  assert.deepEqual(await page.locator(':is(a[href], button:not(.sort), input):visible').evaluateAll((nodes) => nodes
    .filter((node) => !node.closest('footer')).map((node) => node.outerHTML)), []);
  assert.equal(await page.locator('.cards').isVisible(), true);
  const broken = await page.evaluate(() => [...document.querySelectorAll('.card, .trend')]
    .filter((node) => getComputedStyle(node).breakInside !== 'avoid').length);
  assert.equal(broken, 0);
  assert.ok((await page.pdf()).length > 10_000);
  await close();
});

test('a thousand applications are folded, searched whole, and shown on request', async () => {
  const server = await startServer('serve');
  const lines = Array.from({ length: 1000 }, (_, i) => `cozy_application_count{kind="App${i}"} ${i + 1}`);
  await server.report('c1', `cozy_cluster_info 1\n${lines.join('\n')}\n`);
  const { page, problems, close } = await openPage(browser, server, '/', { waitFor: (opened) => (
    opened.locator('.long-list tbody tr').first().waitFor()) });
  const rows = page.locator('.long-list tbody tr');
  assert.equal(await rows.count(), 40);
  await page.getByRole('searchbox').fill('app999');
  assert.equal(await rows.count(), 1);
  await page.getByRole('searchbox').fill('');
  await page.getByRole('button', { name: 'Show all 1,000 applications' }).click();
  assert.equal(await rows.count(), 1000);
  await page.getByRole('button', { name: 'Application', exact: true }).click();
  assert.equal(await rows.count(), 1000, 'sorting does not fold them again');
  await page.getByRole('button', { name: 'Show fewer' }).click();
  assert.equal(await rows.count(), 40);
  assert.deepEqual(problems, []);
  await close();
});

test('numbers beyond counting are short, and nothing is wider for them', async () => {
  const server = await startServer('serve');
  await server.report('c1', 'cozy_cluster_info{cozystack_version="v1"} 1\ncozy_nodes_count{os="linux"} 1e18\n' +
    'cozy_application_count{kind="Tenant"} 1234567000000\ncozy_cluster_capacity{resource="memory"} 1e30\n');
  const { page, problems, close } = await openPage(browser, server, '/', { viewport: { width: 360, height: 800 } });
  assert.equal(await card(page, 'nodes'), '1×10¹⁸');
  assert.equal(await card(page, 'nodes-per-source'), '1×10¹⁸');
  assert.match(await card(page, 'tenants'), /^1\.2\s?t/i);
  assert.doesNotMatch(await page.locator('main').innerText(), /\d{1,3}(,\d{3}){5}/);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth));
  assert.match(await (await fetch(`${server.address}/badge/nodes.svg`)).text(), />1e18</);
  assert.deepEqual(problems, []);
  await close();
});

test('images are made for the theme that their address names', async () => {
  const shade = async (theme, colorScheme) => {
    const { page, close } = await openPage(browser, demo, `/chart/clusters.svg?theme=${theme}`, { colorScheme,
      waitFor: () => {} });
    const fill = await page.evaluate(() => getComputedStyle(document.querySelector('.b')).fill);
    await close();
    return fill;
  };
  assert.equal(await shade('dark', 'light'), 'rgb(13, 17, 23)');
  assert.equal(await shade('light', 'dark'), 'rgb(255, 255, 255)');
  assert.notEqual(await shade('auto', 'light'), await shade('auto', 'dark'));
});
