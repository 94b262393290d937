// The page of hosts at the private listener: its numbers are the API's, it can be searched, follows live, says what to do
// where there is nothing, and that the server is away.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { columns, openPage, startBrowser, startServer, textOf } from './support.js';

const MOST_BYTES = 350 * 1024;
const MANY = 150;
const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server;
let browser;
const folders = [];

after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

// The private listener is what the page is at, and the only one that it may ask.
const atPrivate = (started) => ({ ...started, address: started.privateAddress });
const start = async (options) => atPrivate(await startServer('serve', [], options));

async function push(to, host, samples) {
  const answer = await fetch(`${to.address}/telemetry/samples`, { method: 'POST', body: JSON.stringify({ host, samples }) });
  assert.equal(answer.status, 204, await answer.text());
}

const now = () => Math.floor(Date.now() / 1000);
const sample = (ts, requests) => ({ ts, requests_sec: requests, p99_ms: 12.25, error_rate: 0.5, active_backends: 3 });

// A day of minutes; each has as many requests as it is minutes old, and a half.
const day = () => Array.from({ length: 1440 }, (_, age) => sample(now() - 60 * age, age + 0.5));

const shown = (page) => page.waitForFunction(() => document.querySelectorAll('.host-chart.loaded').length === 4 &&
  !document.querySelector('.panel[aria-busy="true"]'));
const open = (path, options = {}) => openPage(browser, server, `/hosts${path}`, { waitFor: shown, ...options });
const lead = (page, figure) => textOf(page, `[data-figure="${figure}"] .lead`);
const choices = (page) => page.locator('#host-list a').allInnerTexts();

before(async () => {
  server = await start();
  browser = await startBrowser();
  await push(server, 'shop.example', day());
  for (let i = 0; i < MANY; i += 1) {
    await push(server, `tenant-${String(i).padStart(3, '0')}.example`, [sample(now() - 60, i)]);
  }
});

test('the command on an empty page, run in a shell, has its host shown without a reload', async () => {
  const empty = await start();
  const { page, problems, close } = await openPage(browser, empty, '/hosts', {
    waitFor: (opened) => opened.getByRole('heading', { name: 'No host has sent a sample yet' }).waitFor() });
  const command = await textOf(page, '#first-run-command');
  assert.ok(command.includes(`${empty.address}/telemetry/samples`), command);
  await promisify(execFile)('bash', ['-c', command]);
  await page.getByRole('heading', { name: 'my-host' }).waitFor();
  await page.waitForFunction(() => document.querySelector('[data-figure="requests_sec"] .lead').textContent === '12.5');
  assert.equal(await lead(page, 'p99_ms'), '40 ms');
  assert.equal(await lead(page, 'error_rate'), '0.1 %');
  assert.equal(await lead(page, 'active_backends'), '2');
  assert.equal(await page.locator('#first-run').isVisible(), false);
  assert.deepEqual(await choices(page), ['my-host', 'rollcall']);
  assert.deepEqual(problems, []);
  await close();
});

test('each range shows the samples that the API has', async () => {
  const { page, problems, close } = await open('?host=shop.example');
  for (const [range, label] of [['30m', '30 minutes'], ['6h', '6 hours'], ['24h', '24 hours'], ['1h', '1 hour']]) {
    await page.getByRole('radio', { name: label }).check({ force: true });
    await shown(page);
    await page.waitForFunction((wanted) => document.querySelector('#as-json').href.endsWith(`range=${wanted}`), range);
    const panel = page.locator('[data-figure="requests_sec"]');
    if (!await panel.locator('table').isVisible()) {
      await panel.locator('summary').click();
    }
    const { samples } = await (await fetch(`${server.address}/telemetry/history?host=shop.example&range=${range}`)).json();
    const expected = samples.map(({ ts, requests_sec: value }) => [new Date(ts * 1000).toISOString().slice(11, 16),
      new Intl.NumberFormat('en-GB', { maximumFractionDigits: 2 }).format(value)]).reverse();
    const rows = await columns(page, '[data-figure="requests_sec"]');
    // A minute may have begun between the two questions.
    assert.ok(JSON.stringify(rows) === JSON.stringify(expected) ||
      JSON.stringify(rows.slice(0, -1)) === JSON.stringify(expected), `${range}: ${rows.length}, ${expected.length}`);
    assert.equal(await lead(page, 'requests_sec'), rows[0][1]);
    const words = await panel.locator('canvas').getAttribute('aria-label');
    assert.ok(words.startsWith('Requests a second of shop.example in the last '), words);
  }
  assert.equal(new URL(page.url()).search, '?host=shop.example', 'the usual range is not in the address');
  await page.goBack();
  assert.equal(new URL(page.url()).searchParams.get('range'), '24h');
  assert.equal(await page.getByRole('radio', { name: '24 hours' }).isChecked(), true);
  assert.deepEqual(problems, []);
  await close();
});

test('hosts are searched, and few of many are in the page', async () => {
  const { page, problems, close } = await open('');
  assert.equal(await textOf(page, '#title'), 'shop.example', 'the first that is not this server');
  assert.equal((await choices(page)).length, 100);
  assert.equal(await textOf(page, '#host-rest'), `${MANY + 2 - 100} more; search for them.`);
  await page.getByRole('searchbox').fill('Tenant-14');
  assert.deepEqual(await choices(page), Array.from({ length: 10 }, (_, i) => `tenant-14${i}.example`));
  assert.equal(await textOf(page, '#host-rest'), `10 of ${MANY + 2} hosts`);
  await page.getByRole('link', { name: 'tenant-147.example' }).click();
  await page.getByRole('heading', { name: 'tenant-147.example' }).waitFor();
  await page.waitForFunction(() => document.querySelector('[data-figure="requests_sec"] .lead').textContent === '147');
  assert.equal(await page.getByRole('link', { name: 'tenant-147.example' }).getAttribute('aria-current'), 'true');
  const query = new URL(page.url()).searchParams;
  assert.deepEqual([query.get('host'), query.get('q')], ['tenant-147.example', 'Tenant-14']);
  await page.reload();
  await shown(page);
  assert.equal(await textOf(page, '#title'), 'tenant-147.example');
  await page.getByRole('searchbox').fill('nowhere');
  assert.equal(await textOf(page, '#host-rest'), 'No host has this in its name.');
  assert.deepEqual(problems, []);
  await close();
});

test('a host that nobody knows has charts that say so', async () => {
  const { page, problems, close } = await open('?host=%3Cimg%20src=x%3E&range=6h');
  assert.equal(await textOf(page, '#title'), '<img src=x>');
  assert.equal(await page.getByText('No samples in the last 6 hours.').count(), 4);
  assert.match(await textOf(page, '#status'), /nothing came in this range$/);
  assert.deepEqual(problems, []);
  await close();
});

test('what comes in is shown without a reload', async () => {
  await push(server, 'live.example', [sample(now() - 120, 7)]);
  const { page, problems, close } = await open('?host=live.example');
  assert.equal(await lead(page, 'requests_sec'), '7');
  await push(server, 'live.example', [sample(now() - 30, 4242)]);
  await page.waitForFunction(() => document.querySelector('[data-figure="requests_sec"] .lead').textContent === '4,242');
  assert.deepEqual(problems, []);
  await close();
});

test('a host that went silent is told to be', async () => {
  const then = now() - 1_200;
  await push(server, 'silent.example', [sample(then, 7)]);
  const { page, close } = await open('?host=silent.example');
  assert.match(await textOf(page, '#status'),
    new RegExp(`silent since ${new Date(then * 1000).toISOString().slice(11, 16)}$`));
  await close();
});

test('a server that is away is told, and the page goes on when it is back', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'rollcall-browser-'));
  folders.push(directory);
  const first = await start({ directory });
  await push(first, 'a.example', [sample(now() - 60, 7)]);
  const { page, close } = await openPage(browser, first, '/hosts?host=a.example', { waitFor: shown });
  await first.stop();
  await page.getByRole('alert').filter({ hasText: 'The server cannot be reached. Trying again in' }).waitFor();
  assert.equal(await lead(page, 'requests_sec'), '7', 'what was there stays');
  const again = await start({ directory, privatePort: Number(new URL(first.address).port) });
  await push(again, 'a.example', [sample(now(), 8)]);
  await page.getByRole('button', { name: 'Try now' }).click().catch(() => {});
  await page.waitForFunction(() => document.querySelector('[data-figure="requests_sec"] .lead').textContent === '8');
  assert.equal(await page.locator('#failure').isVisible(), false);
  await close();
});

test('everything can be reached with the keyboard', async () => {
  const { page, problems, close } = await open('?q=tenant-00');
  await page.getByRole('radio', { name: '1 hour' }).focus();
  await page.keyboard.press('ArrowRight');
  await shown(page);
  assert.equal(new URL(page.url()).searchParams.get('range'), '6h');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'tenant-000.example');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'tenant-000.example' }).waitFor();
  await shown(page);
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'tenant-000.example', 'the focus stays');
  assert.deepEqual(problems, []);
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test(`axe-core finds nothing and nothing scrolls sideways, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page, close } = await open('?host=shop.example&range=24h', { colorScheme, viewport: { width, height: 800 } });
      await page.locator('[data-figure="error_rate"] summary').click();
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
      assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <=
        document.documentElement.clientWidth), true);
      await close();
    });
  }
}

test('the page is light, and is not at the public listener', async () => {
  const sizes = [];
  const { close } = await open('', { route: (page) => page.on('requestfinished', (request) => {
    if (!request.url().includes('/telemetry/')) {
      sizes.push(request.sizes());
    }
  }) });
  const bytes = (await Promise.all(sizes)).reduce((sum, { responseBodySize }) => sum + responseBodySize, 0);
  assert.ok(bytes > 10_000 && bytes < MOST_BYTES, `${bytes} bytes`);
  await close();
  const other = await startServer('serve');
  assert.equal((await fetch(`${other.address}/hosts`)).status, 404);
  assert.equal((await fetch(`${other.privateAddress}/`)).status, 404);
});
