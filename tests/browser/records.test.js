// The page of records at the private listener, on a made-up fleet: every view has the API's numbers, what an operator edits is
// applied to the past, and everything can be read in light and dark, wide and narrow.

import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { columns, openPage, startBrowser, startServer, textOf, whole } from './support.js';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const FLEET = ['--sources', '120', '--months', '1', '--seed', '3', '--interval', '24h', '--records'];
const VIEWS = ['records', 'crashes', 'builds', 'stats', 'population', 'machine-checks', 'thermal', 'view-failed-units',
  'view-kernels'];

let server;
let browser;
let folder;

// The private listener is what the page is at, and the only one that it may ask.
const atPrivate = (started) => ({ ...started, address: started.privateAddress });
const api = async (name) => (await fetch(`${server.address}/api/v1/records/${name}`)).json();

// Until what was asked for is there.
const shown = (page) => page.waitForFunction(() => document.querySelector('#view .panel') &&
  document.querySelector('#status').textContent.startsWith('As of') &&
  !document.querySelector('.panel:not([hidden])[aria-busy="true"]'));
const open = (search = '', options = {}) => openPage(browser, server, `/records${search}`, { waitFor: shown, ...options });

// What a chart's table says once it is opened.
async function tableOf(page) {
  await page.locator('summary').click();
  await page.locator('.as-table tbody tr').first().waitFor();
  return columns(page, '.as-table');
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-views-'));
  for (const name of ['failed-units', 'kernels']) {
    await writeFile(join(folder, `${name}.json`), await readFile(new URL(`file://${process.env.ROLLCALL_VIEWS}/${name}.json`)));
  }
  await writeFile(join(folder, 'bad.json'), '{"name": "bad"}');
  server = atPrivate(await startServer('demo', [...FLEET, '--views-dir', folder]));
  browser = await startBrowser();
});
after(() => rm(folder, { recursive: true, force: true }));

test('the newest records are listed, and what was rare and is frequent is named above them', async () => {
  const { page, problems, close } = await open();
  const { records } = await api('list?limit=50');
  assert.deepEqual((await columns(page, '#view')).map(([id]) => id), records.map(({ id }) => String(id)));
  const { spikes } = await api('spikes');
  assert.equal(spikes.length, 1);
  assert.ok((await textOf(page, '#spike-list')).startsWith(spikes[0].classification));
  await page.locator('#spike-list a').click();
  await page.waitForFunction((name) => [...document.querySelectorAll('#view tbody tr')].every((row) =>
    row.children[3].textContent === name), spikes[0].classification);
  assert.equal(await page.getByLabel('Classification').inputValue(), spikes[0].classification);
  assert.deepEqual(problems, []);
  await close();
});

test('a filter is in the address, pages go on, and a record is shown whole', async () => {
  const { page, problems, close } = await open();
  await page.getByLabel('Classification').fill('org.clearlinux/crash/*');
  await page.getByLabel('Payload has').fill('parse_rules');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.waitForFunction(() => location.search.includes('payload=parse_rules'));
  await shown(page);
  const first = await api('list?classification=org.clearlinux/crash/*&payload=parse_rules&limit=50');
  await page.waitForFunction((id) => document.querySelector('#view tbody th').textContent === id, String(first.records[0].id));
  await page.getByRole('link', { name: 'Older' }).click();
  const second = await api(`list?classification=org.clearlinux/crash/*&payload=parse_rules&from_id=${first.next}`);
  await page.waitForFunction((id) => document.querySelector('#view tbody th').textContent === id, String(second.records[0].id));
  await page.goBack();
  await page.waitForFunction((id) => document.querySelector('#view tbody th').textContent === id, String(first.records[0].id));
  await page.locator('#view tbody a').first().click();
  await page.getByRole('heading', { name: `Record ${first.records[0].id}` }).waitFor();
  assert.ok((await textOf(page, '.payload')).includes('#2 parse_rules() - [udevd]'));
  assert.deepEqual(problems, []);
  await close();
});

test('what is wrong with a pattern is said beside it, and the CSV has the same filter', async () => {
  const { page, close } = await open('?severity=3');
  const csv = new URL(await page.locator('.pages a[download]').getAttribute('href'));
  assert.deepEqual([csv.pathname, csv.searchParams.get('severity'), csv.searchParams.get('format')],
    ['/api/v1/records/list', '3', 'csv']);
  assert.match(await (await fetch(csv)).text(), /^"id","external","server_timestamp","severity"/);
  await page.getByLabel('Payload has').fill('(');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'missing )' }).waitFor();
  await close();
});

test('counts are those of the API', async () => {
  const { page, problems, close } = await open('?view=stats');
  const stats = await api('stats');
  assert.equal(await textOf(page, '.lead'), `${whole(stats.records)} records`);
  const rows = await columns(page, '#view section:first-of-type');
  assert.deepEqual(rows.map(([name, count]) => [name, count]),
    stats.classifications.map(({ classification, records }) => [classification, whole(records)]));
  await page.getByRole('link', { name: 'Builds' }).click();
  await shown(page);
  const { builds } = await api('builds');
  assert.deepEqual(await tableOf(page), builds.map(({ build, records }) => [build, whole(records)]));
  await page.getByRole('link', { name: 'Thermal' }).click();
  await page.waitForFunction(() => document.querySelector('#title').textContent === 'Thermal');
  await shown(page);
  const { weeks } = await api('thermal?weeks=8');
  assert.deepEqual(await tableOf(page), weeks.map(({ week, records }) => [week, whole(records)]));
  await page.getByRole('link', { name: 'Machine checks' }).click();
  await page.waitForFunction(() => document.querySelector('#title').textContent === 'Machine checks');
  await shown(page);
  assert.equal(await textOf(page, '.lead'), `${whole((await api('machine-checks')).records)} records`);
  assert.deepEqual(problems, []);
  await close();
});

test('population shows ids, and machines with the method beside them', async () => {
  const { page, problems, close } = await open('?view=population');
  const population = await api('population');
  const { internal, external } = population.estimates[1].machines;
  assert.equal(await textOf(page, '.facts dd:last-of-type strong'), whole(internal + external));
  assert.ok((await textOf(page, '#view .note')).includes(population.method));
  const rows = await columns(page, '.scrolls');
  assert.deepEqual(rows[0].slice(1), population.windows.map((_, i) => `${whole(population.ids.internal[i])} + ${
    whole(population.ids.external[i])}`), 'internal and external');
  assert.equal(rows.length, population.builds.length + 1);
  assert.equal(rows[1][0], population.builds.at(-1).build);
  assert.deepEqual(problems, []);
  await close();
});

test('a guilty frame has its stacks, is commented and hidden', async () => {
  const { page, problems, close } = await open('?view=crashes');
  const crashes = await api('crashes?top=20');
  const rows = await columns(page, '#view .scrolls');
  assert.equal(rows.length, crashes.guilties.length);
  assert.ok(rows[0][0].startsWith(`${crashes.guilties[0].function} [${crashes.guilties[0].module}]`));
  assert.equal(rows[0][1], whole(crashes.guilties[0].crashes));
  const name = 'shader::Compile(shader::Source const&, int) [libshader.so.2]';
  await page.getByRole('link', { name }).click();
  await page.getByRole('heading', { name }).waitFor();
  await page.locator('.panel > .mark', { hasText: 'new in 41170' }).waitFor();
  assert.ok(await page.locator('.frames .guilty').first().innerText());
  await page.getByLabel('Comment').fill('known since 41170');
  await page.getByLabel('Hide it in the list').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('link', { name: 'All guilty frames' }).click();
  await page.waitForFunction((hidden) => document.querySelector('#view').textContent.includes(`${hidden} of hidden frames`),
    whole(crashes.guilties.find((one) => one.module === 'libshader.so.2').crashes));
  assert.equal(await page.getByRole('link', { name }).count(), 0);
  await page.getByLabel('Show hidden ones').check();
  await page.getByRole('link', { name }).waitFor();
  await page.getByText('known since 41170').waitFor();
  assert.deepEqual(problems, []);
  await close();
});

test('the list of frames that are never guilty is edited with a preview, and applied to the past', async () => {
  const { page, problems, close } = await open('?view=crashes');
  const list = page.getByLabel('One a line');
  assert.equal(await list.inputValue(), 'abort() [libc.so.6]\nraise() [libc.so.6]');
  await list.fill('abort() [libc.so.6]\nraise() [libc.so.6]\nparse_rules() [udevd]');
  await page.getByRole('button', { name: 'Preview' }).click();
  await page.getByText(/^This changes [1-9]\d* of \d+ crashes/).waitFor();
  assert.ok((await columns(page, '.filter-list')).every(([before]) => before === 'parse_rules() [udevd]'));
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved: 3 frames').waitFor();
  await page.waitForFunction(() => !document.querySelector('#view .scrolls').textContent.includes('parse_rules'));
  assert.equal((await api('filter')).frames.length, 3);
  assert.deepEqual(problems, []);
  await close();
});

test('declared views are in the menu, as a chart and as a table; a bad file leaves them', async () => {
  const { page, problems, close } = await open('?view=view-kernels');
  const kernels = await api('view?name=kernels');
  assert.deepEqual((await columns(page, '.scrolls')).map(([value, total]) => [value, total]),
    kernels.rows.map(({ value, total }) => [value, whole(total)]));
  await page.getByRole('link', { name: 'Failed units' }).click();
  await page.waitForFunction(() => document.querySelector('#title').textContent === 'Failed units');
  await shown(page);
  const units = await api('view?name=failed-units');
  assert.equal((await tableOf(page)).length, units.columns.length);
  const { faults } = await api('views');
  assert.deepEqual(faults, ['bad.json: title is missing']);
  assert.deepEqual(problems, []);
  await close();
});

for (const colorScheme of ['light', 'dark']) {
  for (const width of [1280, 360]) {
    test(`axe-core finds nothing and nothing scrolls sideways, ${colorScheme}, ${width} pixels wide`, async () => {
      const { page, close } = await open('', { colorScheme, viewport: { width, height: 800 } });
      for (const view of VIEWS) {
        await page.goto(`${server.address}/records?view=${view}`);
        await shown(page);
        await page.evaluate(axe);
        const found = await page.evaluate(async () => (await globalThis.axe.run()).violations);
        assert.deepEqual(found.map(({ id, nodes }) => `${view} ${id}: ${nodes.map(({ html }) => html).join(' ')}`), []);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <=
          document.documentElement.clientWidth), true, view);
        assert.equal(await page.evaluate(() => [...document.querySelectorAll('.scrolls th')].every((cell) =>
          cell.getClientRects().length > 0)), true, `${view}: every column is there`);
        if (process.env.ROLLCALL_SHOTS) {
          await page.screenshot({ path: join(process.env.ROLLCALL_SHOTS, `${view}-${colorScheme}-${width}.png`), fullPage: true });
        }
      }
      await close();
    });
  }
}

test('a server without records says how to get them, and the public listener has none of it', async () => {
  const plain = atPrivate(await startServer('serve'));
  const { page, close } = await openPage(browser, plain, '/records', { waitFor: (opened) => opened.locator('#off').waitFor() });
  assert.match(await textOf(page, '#off'), /--records/);
  await close();
  const { address } = await startServer('serve', ['--records']);
  assert.equal((await fetch(`${address}/records`)).status, 404);
  assert.equal((await fetch(`${address}/api/v1/records/list`)).status, 404);
});
