// Tries again when the server is away, for the whole page at once: soon at first, then more and more seldom.

import { byId, setText } from './dom.js';

const WAIT_MS = { first: 2_000, most: 60_000, growth: 2 };

export class Retry {
  // `again()` is what is tried.
  constructor(again) {
    this.again = again;
    this.notice = byId('failure');
    this.button = byId('retry');
    this.wait = WAIT_MS.first;
    this.timer = 0;
    this.button.addEventListener('click', () => this.now());
    addEventListener('online', () => this.timer && this.now());
  }

  get waiting() { return this.timer !== 0; }

  // However many say it, there is one next try. Some chance in it, so that not all pages come at the same moment.
  later(message) {
    if (this.waiting) {
      return;
    }
    const wait = this.wait * (0.75 + Math.random() / 2);
    this.wait = Math.min(this.wait * WAIT_MS.growth, WAIT_MS.most);
    setText(byId('failure-text'), `${message} Trying again in ${Math.max(1, Math.round(wait / 1000))} s.`);
    this.notice.hidden = false;
    this.button.disabled = false;
    this.timer = setTimeout(() => this.now(), wait);
  }

  now() {
    this.button.disabled = true;
    this.forget();
    this.again();
  }

  forget() {
    clearTimeout(this.timer);
    this.timer = 0;
  }

  // To be called when all is there.
  over() {
    this.forget();
    this.wait = WAIT_MS.first;
    this.notice.hidden = true;
  }
}
