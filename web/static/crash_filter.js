// The list of frames that are never guilty, edited on the spot: what a change does to the crashes of the last week is shown
// before it is made.

import { getJson, postForm } from './api.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { wideTable } from './record_parts.js';

const FORMAT = /^(.*\S)\s+\[([^\]]*)\]$/;
const line = ({ function: name, module }) => `${name} [${module}]`;

// A frame a line: "abort() [libc.so.6]". A line without brackets is a frame without a module.
function framesOf(text) {
  return text.split('\n').map((one) => one.trim()).filter(Boolean).map((one) => {
    const match = FORMAT.exec(one);
    return match ? { function: match[1], module: match[2] } : { function: one, module: '' };
  });
}

const fieldsOf = (frames) => frames.flatMap((frame) => [['function', frame.function], ['module', frame.module]]);

export class CrashFilter {
  // `changed()` is called when another list is in force.
  constructor(changed) {
    this.changed = changed;
    this.text = make('textarea', { rows: 6, spellcheck: false, id: 'crash-filter' });
    this.preview = make('button', { type: 'button' }, 'Preview');
    this.save = make('button', { type: 'submit' }, 'Save');
    this.told = make('p', { className: 'note', role: 'status' });
    this.changes = make('div');
    const form = make('form', { className: 'filter-list' },
      make('label', { htmlFor: 'crash-filter' }, 'One a line: ', make('code', {}, 'abort() [libc.so.6]')), this.text,
      make('div', { className: 'filter-buttons' }, this.preview, this.save), this.told, this.changes);
    this.element = make('section', { className: 'panel', 'aria-labelledby': 'crash-filter-title' },
      make('h2', { id: 'crash-filter-title' }, 'Frames that are never guilty'), form);
    this.preview.addEventListener('click', () => this.post('yes'));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.post('no');
    });
  }

  async show(signal) {
    const { frames } = await getJson('records/filter', {}, signal);
    // What somebody is editing is left alone.
    if (this.text.value === (this.shown ?? '')) {
      this.shown = frames.map(line).join('\n');
      this.text.value = this.shown;
    }
  }

  async post(preview) {
    try {
      const answer = await postForm('records/filter', [...fieldsOf(framesOf(this.text.value)), ['preview', preview]]);
      if (preview === 'yes') {
        this.tell(answer);
        return;
      }
      this.shown = answer.frames.map(line).join('\n');
      this.text.value = this.shown;
      this.changes.replaceChildren();
      setText(this.told, `Saved: ${format.count(answer.frames.length, 'frames')}, for all crashes that are kept.`);
      this.changed();
    } catch (error) {
      this.changes.replaceChildren();
      setText(this.told, error.message);
    }
  }

  tell({ crashes, changed, changes }) {
    setText(this.told, changed === 0 ? 'This changes nothing in the crashes of the last 7 days.'
      : `This changes ${format.whole(changed)} of ${format.count(crashes, 'crashes', 'crash')} of the last 7 days.`);
    this.changes.replaceChildren(...(changed === 0 ? [] : [wideTable('What would change', ['Guilty now', 'Guilty then', 'Crashes'],
      changes.map(({ before, after, crashes: count }) => [line(before), line(after), format.whole(count)]))]));
  }
}
