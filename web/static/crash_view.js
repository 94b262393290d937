// Crashes: the guilty frames of the last week over the last builds, the stacks of one of them with an operator's note, and the
// list of frames that are never guilty.

import { getJson, postForm } from './api.js';
import { CrashFilter } from './crash_filter.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { ViewPanel, wideTable } from './record_parts.js';

const frameText = ({ function: name, module }) => (module ? `${name} [${module}]` : name);
const addressOf = ({ function: name, module }) => `?${new URLSearchParams({ view: 'crashes', function: name, module })}`;

// "12 (3.4)": crashes, and those for each 1,000 machine-days.
function cell(crashes, rate) {
  if (crashes === 0) {
    return '0';
  }
  return rate === null ? format.whole(crashes) : `${format.whole(crashes)} (${format.quantity(rate)})`;
}

function marks({ new_in: fresh, gone_in: gone, hidden }) {
  return [fresh && `new in ${fresh}`, gone && `gone in ${gone}`, hidden && 'hidden'].filter(Boolean)
    .map((text) => make('span', { className: 'mark' }, text));
}

export class CrashView {
  constructor() {
    this.view = new ViewPanel({ title: 'Guilty frames of the last 7 days', what: 'crashes' });
    this.table = make('div');
    this.rest = make('p', { className: 'rest' });
    this.hidden = make('input', { type: 'checkbox' });
    this.view.panel.content.append(make('label', { className: 'tick' }, this.hidden, ' Show hidden ones'), this.table, this.rest);
    this.frame = make('div', { hidden: true });
    this.filter = new CrashFilter(() => this.show({ ...this.context, again: true }));
    this.top = make('div', {}, this.view.element, this.filter.element);
    this.element = make('div', {}, this.top, this.frame);
    this.hidden.addEventListener('change', () => this.show(this.context));
  }

  async show(context) {
    this.context = context;
    const { query, signal } = context;
    const name = query.get('function');
    this.top.hidden = name !== null;
    this.frame.hidden = name === null;
    if (name !== null) {
      await this.showFrame({ function: name, module: query.get('module') ?? '' }, signal);
    } else {
      const again = context.again || this.noted;
      this.noted = false;
      await Promise.all([this.view.load({ ...context, again }, { top: 20, hidden: this.hidden.checked ? 'yes' : null },
        (answer) => this.fill(answer), ({ guilties, builds }) => guilties.length * builds.length), this.filter.show(signal)]);
    }
  }

  fill(answer) {
    const { builds, guilties, crashes } = answer;
    setText(this.view.panel.lead, format.count(crashes, 'crashes', 'crash'));
    setText(this.view.panel.note, `In brackets: crashes for each 1,000 machine-days. ${answer.rule}`);
    this.table.replaceChildren(guilties.length === 0 ? make('p', { className: 'nothing' }, 'No crashes in the last 7 days.')
      : wideTable('Guilty frames by build, the newest build first',
        ['Guilty frame', 'Crashes', 'Machine ids', ...builds.map(({ build }) => String(build)), 'First seen', 'Last seen', 'Comment'],
        guilties.map((guilty) => [make('span', { className: 'frame-name' }, make('a', { href: addressOf(guilty) }, frameText(guilty)),
          ...marks(guilty)), format.whole(guilty.crashes), format.whole(guilty.machine_ids),
          ...guilty.by_build.map((count, i) => cell(count, guilty.per_1000_machine_days[i])), guilty.first_seen.slice(0, 10),
          guilty.last_seen.slice(0, 10), guilty.comment])));
    const left = [answer.hidden > 0 && `${format.whole(answer.hidden)} of hidden frames`,
      answer.without_backtrace > 0 && `${format.whole(answer.without_backtrace)} without a backtrace`].filter(Boolean);
    setText(this.rest, left.length > 0 ? `Among them ${left.join(', ')}.` : '');
  }

  async showFrame(frame, signal) {
    const [answer, crashes] = await Promise.all([getJson('records/backtraces', frame, signal),
      getJson('records/crashes', { top: 1000, hidden: 'yes' }, signal)]);
    const known = crashes.guilties.find((one) => one.function === frame.function && one.module === frame.module);
    this.frame.replaceChildren(
      make('p', {}, make('a', { href: '?view=crashes' }, 'All guilty frames')),
      make('section', { className: 'panel' }, make('h2', {}, frameText(frame)), ...(known ? marks(known) : []),
        this.noteForm(frame, known)),
      ...answer.backtraces.map((backtrace, i) => this.backtrace(backtrace, i)),
      make('p', { className: 'rest' }, answer.backtraces.length === 0 ? 'No crash that is kept has it as its guilty frame.'
        : answer.others > 0 ? `and ${format.count(answer.others, 'further stacks')}` : ''));
  }

  noteForm(frame, known) {
    const comment = make('input', { type: 'text', value: known?.comment ?? '', name: 'comment', maxLength: 1000 });
    const hidden = make('input', { type: 'checkbox', checked: known?.hidden ?? false, name: 'hidden' });
    const told = make('p', { className: 'note', role: 'status' });
    const form = make('form', { className: 'note-form', 'aria-label': 'Note' },
      make('label', {}, 'Comment ', comment), make('label', { className: 'tick' }, hidden, ' Hide it in the list'),
      make('button', { type: 'submit' }, 'Save'), told);
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      try {
        await postForm('records/note', [...Object.entries(frame), ['comment', comment.value], ['hidden', hidden.checked ? 'yes' : 'no']]);
        setText(told, 'Saved.');
        this.noted = true;  // the list is another one now
      } catch (error) {
        setText(told, error.message);
      }
    });
    return form;
  }

  backtrace(one, i) {
    const row = (frame, at) => make('li', { className: at === one.guilty ? 'guilty' : frame.kind === 'filtered' ? 'filtered' : '' },
      frameText(frame), at === one.guilty ? make('span', { className: 'mark' }, 'guilty') : null,
      frame.kind === 'filtered' ? make('span', { className: 'mark' }, 'filtered') : null);
    return make('section', { className: 'panel' }, make('h3', {}, `Stack ${i + 1}: ${format.count(one.crashes, 'crashes', 'crash')}`),
      make('p', { className: 'note' }, `${one.process || 'Process not known'}, signal ${one.signal || 'not known'}; ${
        format.count(one.machine_ids, 'machine ids')}; ${format.utcMinute(one.first_seen)} to ${format.utcMinute(one.last_seen)}; `,
      make('a', { href: `?id=${one.newest_record}` }, 'the newest record')),
      make('ol', { className: 'frames', start: 0 }, ...one.frames.map(row)));
  }
}
