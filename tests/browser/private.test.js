// The private listener takes nothing from web pages, be it that they ask its address or that their
// own name is made to lead there (DNS rebinding).

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startServer } from './support.js';

const REBOUND = 'rebound.example';
const HISTORY = 'cozy_cluster_info{cluster_id="forged"} 1 1772366400000\n';

// What ends with the tests of the file.
const atEnd = [];
after(async () => {
  for (const end of atEnd.reverse()) {
    await end();
  }
});

// A server of somebody else's page.
async function listen() {
  const server = createServer((request, response) => {
    response.setHeader('Content-Type', 'text/html');
    response.end('<!doctype html><title>elsewhere</title>');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return server;
}

async function freePort() {
  const server = await listen();
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

test('no page imports history or reads what is private', async () => {
  const port = await freePort();
  const own = `127.0.0.1:${port}`;
  await startServer('serve', ['--private-listen-addr', own]);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM,
    args: [`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`,
      ...(process.getuid() === 0 ? ['--no-sandbox'] : [])] });
  atEnd.push(() => browser.close());
  const elsewhere = await listen();
  atEnd.push(() => elsewhere.close());
  const page = await (await browser.newContext()).newPage();
  const status = async (url) => (await page.goto(url)).status();

  assert.equal(await status(`http://${own}/metrics`), 200, 'its address, typed in');
  assert.equal(await page.evaluate(async () => (await fetch('/metrics')).status), 200, 'its own page');

  // A page of another site posts without asking first, as a form does.
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  const posted = page.waitForResponse(`http://${own}/api/v1/import/prometheus`);
  await page.evaluate(([url, body]) => fetch(url, { method: 'POST', mode: 'no-cors', body }),
    [`http://${own}/api/v1/import/prometheus`, HISTORY]);
  assert.equal((await posted).status(), 403);

  // A page whose name now leads to us is of the same origin to the browser.
  assert.equal(await status(`http://${REBOUND}:${port}/api/v1/export`), 403);
  assert.equal(await page.evaluate(async () => (await fetch('/metrics')).status), 403);

  const exported = await (await fetch(`http://${own}/api/v1/export?format=text`)).text();
  assert.equal(exported, '', 'nothing came in');
});

test('a browser logs in with a token as the password, and the private page works', async () => {
  const tokens = join(await mkdtemp(join(tmpdir(), 'rollcall-tokens-')), 'tokens');
  atEnd.push(() => rm(dirname(tokens), { recursive: true, force: true }));
  const token = execFileSync(process.env.ROLLCALL_BINARY, ['token', 'add', 'person', '--tokens-file', tokens],
    { encoding: 'utf8' }).trim();
  const server = await startServer('serve', ['--tokens-file', tokens]);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM,
    args: process.getuid() === 0 ? ['--no-sandbox'] : [] });
  atEnd.push(() => browser.close());
  assert.equal((await fetch(`${server.privateAddress}/hosts`)).status, 401, 'nobody has logged in');

  const page = await (await browser.newContext({
    httpCredentials: { username: 'anyone', password: token } })).newPage();
  const refused = [];
  page.on('response', (response) => {
    if (response.status() >= 400 && response.status() !== 401) {
      refused.push(response.url());
    }
  });
  const asked = page.waitForResponse((response) => response.url().endsWith('/telemetry/hosts') && response.ok());
  assert.equal((await page.goto(`${server.privateAddress}/hosts`)).status(), 200);
  await asked;
  assert.deepEqual(refused, []);
});
