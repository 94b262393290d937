// The empty store: how to send the first report.

import { byId } from './dom.js';

const COPIED_MS = 2_000;

// Where the page stands is where reports go, also below a path of a proxy.
const pageAddress = () => new URL('.', location.href).href;

function command() {
  return `printf 'cozy_cluster_info{cozystack_version="v1.0.0"} 1\\ncozy_nodes_count 3\\n' |\n` +
    `  curl -H 'X-Cluster-ID: my-cluster' --data-binary @- ${pageAddress()}`;
}

// Where the page did not come over TLS, nor from this machine, a browser has no clipboard to write to.
async function copy(node) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(node.textContent);
    return;
  }
  getSelection().selectAllChildren(node);
  if (!document.execCommand('copy')) {
    throw new Error('no clipboard');
  }
}

// Makes a button copy the text of a node.
export function offerCopy(button, node) {
  let timer = 0;
  button.addEventListener('click', async () => {
    clearTimeout(timer);
    try {
      await copy(node);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(node);
      button.textContent = 'Selected';
    }
    timer = setTimeout(() => { button.textContent = 'Copy'; }, COPIED_MS);
  });
}

export function showFirstRun() {
  const section = byId('first-run');
  if (section.hidden) {
    byId('first-run-command').textContent = command();
    byId('first-run-address').textContent = pageAddress();
    if (!section.dataset.ready) {
      section.dataset.ready = 'yes';
      offerCopy(byId('copy'), byId('first-run-command'));
    }
    section.hidden = false;
  }
}

export function showForwardOnly() {
  byId('forward-only').hidden = false;
}

export function hideFirstRun() {
  byId('first-run').hidden = true;
  byId('forward-only').hidden = true;
}
