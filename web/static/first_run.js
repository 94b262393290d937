// A fleet that nobody has reported of: how to send the first report, made of its declaration.

import { byId, setText } from './dom.js';
import { ROOT } from './place.js';

const COPIED_MS = 2_000;

// As one word of a shell.
const quoted = (text) => (/^[\w@%+=:,./~-]+$/.test(text) ? text : `'${text.replaceAll('\'', '\'\\\'\'')}'`);

// Where reports go, also below a path of a proxy.
const addressOf = ({ path }) => new URL(path.slice(1), ROOT).href;

// The body as it is, up to a line that it does not have.
function command({ reports }) {
  const body = reports.example.replace(/\n?$/, '\n');
  let end = 'REPORT';
  while (body.split('\n').includes(end)) {
    end += '_';
  }
  const header = reports.id_header ? `${reports.id_header}: ${reports.example_id}` : 'Content-Type: application/json';
  return `curl -H ${quoted(header)} --data-binary @- ${quoted(addressOf(reports))} <<'${end}'\n${body}${end}`;
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

export function showFirstRun(fleet) {
  const section = byId('first-run');
  const hasExample = fleet.reports.example !== null;
  byId('first-run-example').hidden = !hasExample;
  if (hasExample) {
    setText(byId('first-run-command'), command(fleet));
    setText(byId('first-run-one'), fleet.one);
    setText(byId('first-run-id'), fleet.reports.example_id);
  }
  setText(byId('first-run-address'), addressOf(fleet.reports));
  if (!section.dataset.ready) {
    section.dataset.ready = 'yes';
    offerCopy(byId('copy'), byId('first-run-command'));
  }
  section.hidden = false;
}

export function showForwardOnly() {
  byId('forward-only').hidden = false;
}

export function hideFirstRun() {
  byId('first-run').hidden = true;
  byId('forward-only').hidden = true;
}
