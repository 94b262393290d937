// The list of hosts, searched on the spot. There may be thousands: only the first that match are in the page.

import { byId, make, setText } from './dom.js';
import * as format from './format.js';

const MOST_SHOWN = 100;

export class HostList {
  // `search(text)` and `choose(host)` change what is shown.
  constructor(search, choose) {
    this.input = byId('search');
    this.list = byId('host-list');
    this.rest = byId('host-rest');
    this.input.addEventListener('input', () => search(this.input.value));
    this.list.addEventListener('click', (event) => {
      const link = event.target.closest('a');
      // Who wants another tab shall have it.
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        event.preventDefault();
        choose(link.dataset.host);
      }
    });
  }

  show(names, chosen, query) {
    if (this.input.value !== query) {
      this.input.value = query;
    }
    const text = query.trim().toLowerCase();
    const found = names.filter((name) => name.toLowerCase().includes(text));
    const shown = found.slice(0, MOST_SHOWN);
    const key = JSON.stringify([shown, chosen, location.search]);
    if (key !== this.key) {
      this.key = key;
      this.fill(shown, chosen);
    }
    const more = found.length - shown.length;
    setText(this.rest, found.length === 0 ? 'No host has this in its name.'
      : more > 0 ? `${format.whole(more)} more; search for them.`
        : text ? `${format.whole(found.length)} of ${format.count(names.length, 'hosts')}`
          : format.count(names.length, 'hosts'));
  }

  // A link that has the focus keeps it.
  fill(names, chosen) {
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.host : null;
    this.list.replaceChildren(...names.map((host) => {
      const query = new URLSearchParams(location.search);
      query.set('host', host);
      const link = make('a', { href: `?${query}` }, host);
      link.dataset.host = host;
      if (host === chosen) {
        link.setAttribute('aria-current', 'true');
      }
      return make('li', {}, link);
    }));
    if (focused !== null) {
      [...this.list.querySelectorAll('a')].find((link) => link.dataset.host === focused)?.focus();
    }
  }
}
