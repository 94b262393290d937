// An empty store says how to send the first report, and becomes the dashboard when it is there.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { card, loaded, openPage, startBrowser, startServer, textOf } from './support.js';

test('the command on an empty page, run in a shell, turns it into the dashboard', async () => {
  const server = await startServer('serve');
  const browser = await startBrowser();
  const { page, problems, close } = await openPage(browser, server, '/', {
    permissions: ['clipboard-read', 'clipboard-write'],
    waitFor: (opened) => opened.getByRole('heading', { name: 'Nobody has reported yet' }).waitFor(),
  });
  const command = await textOf(page, '#first-run-command');
  assert.ok(command.includes(` ${server.address}/`), command);
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
  assert.equal(await page.locator('#controls').isVisible(), false);

  await promisify(execFile)('bash', ['-c', command]);
  await loaded(page);
  assert.equal(await page.locator('#first-run').isVisible(), false);
  assert.equal(await card(page, 'clusters'), '1');
  assert.equal(await card(page, 'nodes'), '3');
  assert.deepEqual(problems, []);
  await close();
});
