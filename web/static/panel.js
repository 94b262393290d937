// A panel: a heading, numbers in some form, and below them what is counted, with the same as CSV. It
// loads by itself: until the first answer its room is kept, while the next one is on its way the
// numbers before it stay, and a failure is told here, with an offer to try again. The page is told as well: where the
// server is away, it tries again for all panels.

import { make, newId, setText } from './dom.js';

export class Panel {
  // `note` says what is counted. `room` is a class that reserves the height, `level` the heading's.
  constructor({ title, note, room = '', className = '', level = 3 }) {
    const id = newId('panel');
    this.heading = make(`h${level}`, { id }, title);
    this.lead = make('p', { className: 'lead' });
    this.content = make('div', { className: `panel-content ${room}` });
    this.failureText = make('p');
    this.retry = make('button', { type: 'button' }, 'Try again');
    this.failure = make('div', { className: 'panel-failure', role: 'alert', hidden: true },
      this.failureText, this.retry);
    this.note = make('p', { className: 'note' }, note ?? '');
    this.links = make('p', { className: 'links' });
    this.csv = make('a', { download: '', hidden: true, 'aria-label': `${title} as CSV` }, 'CSV');
    this.links.append(this.csv);
    this.element = make('figure', { className: `panel ${className}`, 'aria-labelledby': id, 'aria-busy': 'true' },
      make('div', { className: 'panel-head' }, this.heading, this.lead),
      make('div', { className: 'panel-body' }, this.content, this.failure),
      make('figcaption', {}, this.note, this.links));
    this.key = null;
    this.retry.addEventListener('click', () => {
      this.retry.disabled = true;
      this.run();
    });
  }

  // Fetches with `fetcher(signal)` and shows with `render(answer)`. `key` names what is fetched: what
  // is shown already is not fetched again, unless `context.again`.
  load(context, key, fetcher, render) {
    if (key === this.key && !context.again && (this.done || !this.job.signal.aborted)) {
      return Promise.resolve();
    }
    this.key = key;
    this.done = false;
    this.job = { signal: context.signal, onFailure: context.onFailure, fetcher, render };
    return this.run();
  }

  async run() {
    const job = this.job;
    this.element.setAttribute('aria-busy', 'true');
    try {
      const answer = await job.fetcher(job.signal);
      if (job !== this.job || job.signal.aborted) {
        return;
      }
      job.render(answer);
      this.rendered = this.key;
      this.failure.hidden = true;
      this.content.hidden = false;
      this.element.classList.add('loaded');
    } catch (error) {
      if (job !== this.job || job.signal.aborted) {
        return;
      }
      this.showFailure(error);
      job.onFailure?.(error);
    }
    this.done = true;
    this.retry.disabled = false;
    this.element.setAttribute('aria-busy', 'false');
  }

  // Numbers of another month must not stand below a failure, as if they were this one's; those of the same that are a
  // little older may, and where the page tells that the server is away, nothing more is said here.
  showFailure(error) {
    const isOlder = this.rendered === this.key;
    setText(this.failureText, `These numbers could not be loaded. ${error.message}`);
    this.content.hidden = !isOlder;
    this.failure.hidden = isOlder && error.isAway === true;
  }

  // `size` says how many numbers are in it.
  setCsv(href, size) {
    this.csv.href = href;
    setText(this.csv, `CSV, ${size}`);
    this.csv.setAttribute('aria-label', `${this.heading.textContent} as CSV, ${size}`);
    this.csv.hidden = false;
  }

  // A table of what a chart shows, made when somebody opens it.
  addTable(build) {
    const box = make('div', { className: 'table-box', tabIndex: 0, role: 'group',
      'aria-label': `${this.heading.textContent} as a table` });
    const summary = make('summary', { 'aria-label': `${this.heading.textContent} as a table` }, 'Table');
    const details = make('details', { className: 'as-table' }, summary, box);
    this.fillTable = () => {
      if (details.open) {
        box.replaceChildren(build());
      }
    };
    details.addEventListener('toggle', this.fillTable);
    this.links.before(details);
  }
}
