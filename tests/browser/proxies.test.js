// rollcall behind nginx and Caddy, by the recipes in packaging/proxy as they stand there but for names, ports and
// certificates: the page at the root and below a path, and reports.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { card, changing, openPage, startBrowser, startServer } from './support.js';

const folder = await mkdtemp(join(tmpdir(), 'rollcall-proxies-'));
const certificate = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');
execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1',
  '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate],
{ stdio: 'ignore' });

const running = [];
after(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGTERM');  // which nginx passes on to its workers
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
});

const recipe = (name) => readFile(join(process.env.ROLLCALL_PROXIES, name), 'utf8');

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const { port } = server.address();
  await new Promise((resolve) => { server.close(resolve); });
  return port;
}

// The answer as { status, body }; rejects where nobody listens.
function ask(port, path, { method = 'GET', headers = {}, body = '' } = {}) {
  return new Promise((resolve, reject) => {
    const asked = request({ host: 'localhost', port, path, method, headers, rejectUnauthorized: false }, (answer) => {
      let text = '';
      answer.on('data', (piece) => { text += piece; });
      answer.on('end', () => resolve({ status: answer.statusCode, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

// Starts a proxy and waits until it answers.
async function startProxy(command, flags, port) {
  const child = spawn(command, flags, { env: { ...process.env, HOME: folder, XDG_DATA_HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let over = false;
  child.stderr.on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => { child.once('exit', resolve); }).then(() => { over = true; });
  running.push({ child, ended });
  for (;;) {
    assert.ok(!over, `${command} ended: ${said}`);
    try {
      await ask(port, '/healthz');
      return;
    } catch {
      await new Promise((resolve) => { setTimeout(resolve, 50); });  // it listens soon
    }
  }
}

async function startNginx(server) {
  const port = await freePort();
  const site = (await recipe('nginx.conf'))
    .replace('server 127.0.0.1:8081', `server ${new URL(server.address).host}`)
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace(/ssl_certificate .*/, `ssl_certificate ${certificate};`)
    .replace(/ssl_certificate_key .*/, `ssl_certificate_key ${key};`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => (
    `${name}_temp_path ${join(folder, name)};`)).join(' ');
  await writeFile(join(folder, 'nginx.conf'), `daemon off; pid ${join(folder, 'nginx.pid')}; error_log stderr;
    events {} http { access_log off; ${paths} ${site} }`);
  await startProxy('nginx', ['-c', join(folder, 'nginx.conf'), '-p', folder], port);
  return port;
}

async function startCaddy(server) {
  const port = await freePort();
  const site = (await recipe('Caddyfile'))
    .replace('telemetry.example.com {', `https://localhost:${port} {\n\ttls ${certificate} ${key}`)
    .replaceAll('127.0.0.1:8081', new URL(server.address).host);
  await writeFile(join(folder, 'Caddyfile'), `{\n\tadmin off\n\tauto_https disable_redirects\n}\n${site}`);
  await startProxy('caddy', ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')], port);
  return port;
}

for (const [name, start] of [['nginx', startNginx], ['Caddy', startCaddy]]) {
  test(`behind ${name} the page works at the root and below a path, and reports come in by both`, async () => {
    const server = await startServer('serve', ['--trusted-proxies', '127.0.0.1']);
    const port = await start(server);
    for (const path of ['/', '/stats/']) {
      await changing(server.address, async () => {
        const posted = await ask(port, path, { method: 'POST', headers: { 'X-Cluster-ID': `by-${path.length}` },
          body: 'cozy_cluster_info 1\ncozy_nodes_count 3\n' });
        assert.deepEqual(posted, { status: 200, body: '' });
      });
    }
    const browser = await startBrowser();
    for (const path of ['/', '/stats/']) {
      const proxied = { ...server, address: `https://localhost:${port}` };
      const { page, problems, close } = await openPage(browser, proxied, path, { ignoreHTTPSErrors: true });
      assert.equal(await card(page, 'clusters'), '2');
      assert.deepEqual(problems, []);
      await close();
    }
  });
}
