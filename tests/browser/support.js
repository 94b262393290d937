// What the tests of the page share: the real binary on free ports, a browser, and a page that is
// watched while it is used: what it asked for, what it logged, how much it jumped.

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { chromium } from 'playwright-core';

export const FEW_SOURCES = ['--sources', '40', '--months', '5', '--seed', '3', '--interval', '24h'];
const STOP_MS = 10_000;
const SHOWN_WITHIN_MS = 60_000;

// What ends with the tests of the file, the last first.
const atEnd = [];

after(async () => {
  for (const end of atEnd.reverse()) {
    await end();
  }
});

// Calls `isTrue` until it is; throws with `what` is awaited when that takes too long.
async function until(what, isTrue) {
  for (const end = Date.now() + SHOWN_WITHIN_MS; Date.now() < end;) {
    if (await isTrue()) {
      return;
    }
  }
  throw new Error(`not within ${SHOWN_WITHIN_MS} ms: ${what}`);
}

// Awaits that each running period has the first of a metric's series with a label, of each metric.
async function shown(address, body) {
  const series = [...body.matchAll(/^(\w+)\{(\w+)="([^"]*)"/gm)];
  for (const [i, [, metric, label, value]] of series.entries()) {
    if (series.findIndex((one) => one[1] === metric) < i) {
      continue;
    }
    const periods = [1, 3, 12].map((months) => `month=${thisMonth()}&periods=${months}`);
    for (const period of ['period=30d', ...periods]) {
      const path = `/api/v1/breakdown?metric=${metric}&by=${label}&${period}`;
      await until(`${path} shows ${value}`, async () => {
        const { values = [] } = await (await fetch(address + path)).json();
        return values.some((one) => one.value === value);
      });
    }
  }
}

// The numbers of the running periods, those of the calendar and the last 30 days; why there are none where there are none.
const numbers = (address) => Promise.all([`month=${thisMonth()}`, 'period=30d'].map(async (query) => {
  const text = await (await fetch(`${address}/api/v1/overview?${query}`)).text();
  return text.replace(/"generated_at":"[^"]*"/, '');
}));

// Resolves once the numbers of all running periods are others than before `act`. They may be seconds old where a scan
// took long, as on a busy machine even that of an empty store does.
export async function changing(address, act) {
  const before = await numbers(address);
  await act();
  await until(`${address} counts what was reported`, async () => (
    (await numbers(address)).every((now, i) => now !== before[i])));
}

// `command` is "serve" or "demo". It ends with the tests of the file.
export async function startServer(command, flags = [], { directory, port = 0, privatePort = 0 } = {}) {
  const folder = directory ?? await mkdtemp(join(tmpdir(), 'rollcall-browser-'));
  const child = spawn(process.env.ROLLCALL_BINARY, [command, '--data-dir', join(folder, 'data'), ...flags], {
    env: { ...process.env, ROLLCALL_APP_LIST_URL: '', ROLLCALL_LISTEN_ADDR: `127.0.0.1:${port}`,
      ROLLCALL_PRIVATE_LISTEN_ADDR: `127.0.0.1:${privatePort}` },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.on('data', (text) => { log += text; });
  const ended = new Promise((resolve) => { child.once('exit', resolve); });
  const [address, privateAddress] = await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
      const match = /http:\/\/[^/\s]*:(\d+)\/[^]*http:\/\/[^/\s]*:(\d+)\/metrics/.exec(said);
      if (match) {
        resolve([`http://127.0.0.1:${match[1]}`, `http://127.0.0.1:${match[2]}`]);
      }
    });
    ended.then((code) => reject(new Error(`rollcall ${command} ended with ${code}: ${log}`)));
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(timer);
  };
  const reported = new Set();  // the sources that are counted
  atEnd.push(async () => {
    await stop();
    if (!directory) {
      await rm(folder, { recursive: true, force: true });
    }
  });
  return {
    address,
    privateAddress,
    stop,
    get: async (path) => (await fetch(address + path)).json(),
    // Resolves once the report shows.
    report: async (source, body) => {
      const post = () => fetch(address, { method: 'POST', headers: { 'X-Cluster-ID': source }, body });
      if (!reported.has(source) && /^cozy_cluster_info/m.test(body)) {
        reported.add(source);
        await changing(address, post);
      } else {
        await post();
      }
      await shown(address, body);
    },
    // History, as lines of text with a cluster_id and milliseconds.
    importLines: (body) => fetch(`${privateAddress}/api/v1/import/prometheus`, { method: 'POST', body }),
  };
}

// One browser for the tests of a file. As root, as in CI's containers, it has no sandbox.
export async function startBrowser() {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM,
    args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  atEnd.push(() => browser.close());
  return browser;
}

// A page at an address, with what went wrong on it in `problems`: errors in the console, requests to
// elsewhere. `route(page)` is called before it is opened.
export async function openPage(browser, server, path = '/', { route, waitFor = loaded, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', acceptDownloads: true,
    viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`threw: ${error.message}`));
  page.on('request', (request) => {
    if (!request.url().startsWith(`${server.address}/`)) {
      problems.push(`asked for ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    window.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        window.shifted += entry.hadRecentInput ? 0 : entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await route?.(page);
  await page.goto(server.address + path);
  await waitFor(page);
  return { page, problems, close: () => context.close() };
}

// Until every panel shows numbers or a failure.
export const loaded = (page) => page.waitForFunction(() => document.querySelectorAll('.panel').length > 5 &&
  !document.querySelector('.panel[aria-busy="true"]'));

export const textOf = (page, selector) => page.locator(selector).first().innerText();

export const card = (page, figure) => textOf(page, `[data-figure="${figure}"] .value`);

export const columns = (page, selector) => page.locator(`${selector} tbody tr`).evaluateAll((rows) => rows.map((row) =>
  [...row.children].map((cell) => cell.innerText.trim())));

export const whole = (value, locale = 'en-GB') => new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  .format(value);

const thisMonth = () => new Date().toISOString().slice(0, 7);

// Of the months "YYYY-MM", the one `by` on.
export function monthOn(month, by) {
  const [year, number] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number - 1 + by, 1)).toISOString().slice(0, 7);
}
