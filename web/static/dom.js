// Makes elements. Text is always text, never markup: values come from whoever reports.

export const byId = (id) => document.getElementById(id);

// Children are nodes or text; null is left out. Names with a dash and `for` are attributes, the
// others properties.
export function make(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes('-') || name === 'role' || name === 'scope') {
      node.setAttribute(name, value);
    } else {
      node[name] = value;
    }
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

// Writes only what is new, so that a screen reader is not told the same again.
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

let lastId = 0;

export function newId(prefix) {
  lastId += 1;
  return `${prefix}-${lastId}`;
}

// A table from a list of headings and rows of text; the first cell of a row heads it.
export function plainTable(caption, headings, rows) {
  const head = make('tr', {}, ...headings.map((text) => make('th', { scope: 'col' }, text)));
  const body = rows.map(([first, ...others]) => make('tr', {}, make('th', { scope: 'row' }, first),
    ...others.map((text) => make('td', {}, text))));
  return make('table', { className: 'plain' }, make('caption', { className: 'unseen' }, caption),
    make('thead', {}, head), make('tbody', {}, ...body));
}
