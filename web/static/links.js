// What the page says of the product, and where it leads to.

import { byId, make } from './dom.js';

const LINKS = [['home', 'Home page'], ['source', 'Source code'], ['privacy', 'About its telemetry'],
  ['opt_out', 'How to switch it off']];

// Links stay right when the address changes to that of another fleet, which is at another depth.
export function settleLinks() {
  for (const link of document.querySelectorAll('a[href]:not([href^="#"])')) {
    link.setAttribute('href', link.href);
  }
}

export function showLinks(fleet) {
  for (const link of document.querySelectorAll('footer a[href*="?fleet="]')) {
    const address = new URL(link.href);
    address.searchParams.set('fleet', fleet.name);
    link.href = address.href;
  }
  const links = LINKS.filter(([name]) => fleet.links[name]).flatMap(([name, text], i) => [i > 0 ? ' · ' : ' ',
    make('a', { href: fleet.links[name], rel: 'noreferrer' }, text)]);
  byId('product').replaceChildren(make('strong', {}, fleet.title), ` ${fleet.about}`, ...links);
}
