// The privacy text in a browser: a click away, for everyone, without scripts, on paper.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { before, test } from 'node:test';
import { openPage, startBrowser, startServer, textOf } from './support.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let server;
let browser;

before(async () => {
  server = await startServer('serve');
  browser = await startBrowser();
});

const isThere = (page) => page.locator('main.text').waitFor();

test('it is a click away from the page, and the numbers are one back', async () => {
  const { page, problems, close } = await openPage(browser, server, '/', {
    waitFor: (opened) => opened.locator('#first-run').waitFor() });
  await page.getByRole('link', { name: 'What is collected, and for how long' }).click();
  await isThere(page);
  assert.equal(await textOf(page, 'h1'), 'Cozystack: what is collected');
  await page.getByRole('link', { name: 'The numbers' }).click();
  await page.locator('#first-run').waitFor();
  assert.equal(new URL(page.url()).search, '?fleet=cozystack');
  assert.deepEqual(problems, []);
  await close();
});

test('it needs no scripts', async () => {
  const { page, close } = await openPage(browser, server, '/privacy', { javaScriptEnabled: false, waitFor: isThere });
  assert.match(await page.locator('main').innerText(), /kubernetes_version\s+The version of Kubernetes\./);
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test(`axe-core finds nothing and nothing scrolls sideways, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page, problems, close } = await openPage(browser, server, '/privacy', { colorScheme, waitFor: isThere,
        viewport: { width, height: 800 } });
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
      assert.deepEqual(found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <=
        document.documentElement.clientWidth), true);
      assert.deepEqual(problems, []);
      await close();
    });
  }
}

test('on paper it is black on white', async () => {
  const { page, close } = await openPage(browser, server, '/privacy', { colorScheme: 'dark', waitFor: isThere });
  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  assert.equal(await page.locator('.fields').first().isVisible(), true);
  await close();
});
