// The records themselves: a filter, a page of them, and one with all that it has.

import { address, csvAddress, getJson } from './api.js';
import { make, newId, setText } from './dom.js';
import * as format from './format.js';
import { wideTable } from './record_parts.js';

const SEVERITIES = ['low', 'medium', 'high', 'critical'];
const FIELDS = [
  { name: 'classification', label: 'Classification', hint: 'or a/b/*', list: true },
  { name: 'severity', label: 'Severity', options: [['', 'any'], ...SEVERITIES.map((word, i) => [String(i + 1), `${i + 1} ${word}`])] },
  { name: 'build', label: 'Build', list: true },
  { name: 'machine_id', label: 'Machine id' },
  { name: 'system_name', label: 'System' },
  { name: 'external', label: 'Machines', options: [['', 'all'], ['no', 'internal'], ['yes', 'external']] },
  { name: 'captured_from', label: 'Captured from', type: 'date' },
  { name: 'captured_to', label: 'to', type: 'date' },
  { name: 'payload', label: 'Payload has', hint: 'RE2' },
  { name: 'not_payload', label: 'and has not', hint: 'RE2' },
];
// In the order of the record's own page.
const SHOWN = [['id', 'Number'], ['ts_reception', 'Received'], ['ts_capture', 'Captured'], ['classification', 'Classification'],
  ['severity', 'Severity'], ['build', 'Build'], ['machine_id', 'Machine id'], ['external', 'External'], ['arch', 'Architecture'],
  ['kernel_version', 'Kernel'], ['machine_type', 'Platform'], ['board_name', 'Board'], ['cpu_model', 'CPU'],
  ['bios_version', 'BIOS'], ['event_id', 'Event'], ['record_format_version', 'Format']];

const withoutEmpty = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
const searchOf = (fields) => {
  const text = new URLSearchParams(withoutEmpty(fields)).toString();
  return text ? `?${text}` : '';
};

export class RecordList {
  constructor() {
    this.inputs = new Map();
    this.lists = new Map();
    this.form = make('form', { className: 'filters', 'aria-label': 'Which records' }, ...FIELDS.map((field) => this.field(field)),
      make('div', { className: 'filter-buttons' }, make('button', { type: 'submit', className: 'primary' }, 'Show'),
        make('a', { href: location.pathname }, 'Clear')));
    this.problem = make('p', { className: 'problem', role: 'alert', hidden: true });
    this.count = make('p', { className: 'note', role: 'status' });
    this.table = make('div');
    this.older = make('a', { className: 'button', hidden: true }, 'Older');
    this.newest = make('a', { className: 'button', hidden: true }, 'Newest');
    this.csv = make('a', { download: '' }, 'CSV');
    this.list = make('section', { className: 'panel', 'aria-label': 'Records', 'aria-busy': 'true' }, this.form, this.problem,
      this.table, make('div', { className: 'pages' }, this.count, this.newest, this.older, this.csv));
    this.details = make('article', { className: 'panel', hidden: true, 'aria-busy': 'false' });
    this.element = make('div', {}, this.list, this.details);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.go(searchOf(Object.fromEntries([...this.inputs].map(([name, input]) => [name, input.value.trim()]))));
    });
  }

  field({ name, label, hint, options, type = 'text', list = false }) {
    const id = newId('filter');
    let input;
    let choices = null;
    if (options) {
      input = make('select', { id, name }, ...options.map(([value, text]) => make('option', { value }, text)));
    } else {
      input = make('input', { id, name, type, placeholder: hint ?? '', autocomplete: 'off', spellcheck: false });
    }
    if (list) {
      choices = make('datalist', { id: `${id}-list` });
      input.setAttribute('list', choices.id);
      this.lists.set(name, choices);
    }
    this.inputs.set(name, input);
    return make('div', { className: 'filter' }, make('label', { htmlFor: id }, label), input, choices);
  }

  async show({ query, signal, go }) {
    this.go = go;
    const id = query.get('id');
    this.list.hidden = id !== null;
    this.details.hidden = id === null;
    if (id !== null) {
      await this.showRecord(id, signal);
    } else {
      await Promise.all([this.showPage(query, signal), this.fillChoices(signal)]);
    }
  }

  // What there is to choose from, asked for once.
  async fillChoices(signal) {
    if (this.hasChoices) {
      return;
    }
    const [stats, builds] = await Promise.all([getJson('records/stats', {}, signal), getJson('records/builds', {}, signal)]);
    const fill = (name, values) => this.lists.get(name).replaceChildren(...values.map((value) => make('option', { value })));
    fill('classification', stats.classifications.map(({ classification }) => classification));
    fill('build', builds.builds.map(({ build }) => build).reverse());
    this.hasChoices = true;
  }

  async showPage(query, signal) {
    const filter = Object.fromEntries(FIELDS.map(({ name }) => [name, query.get(name) ?? '']));
    // What somebody is typing is left alone.
    if (!this.form.contains(document.activeElement)) {
      this.inputs.forEach((input, name) => { input.value = filter[name]; });
    }
    const from = query.get('from_id');
    this.csv.href = csvAddress('records/list', filter);
    this.list.setAttribute('aria-busy', 'true');
    let page;
    try {
      page = await getJson('records/list', { ...filter, from_id: from, brief: 'yes' }, signal);
    } catch (error) {
      if (signal.aborted || error.status !== 400) {
        throw error;
      }
      this.problem.hidden = false;
      setText(this.problem, error.message);
      this.table.replaceChildren();
      this.older.hidden = true;
      setText(this.count, '');
      this.list.setAttribute('aria-busy', 'false');
      return;
    }
    this.problem.hidden = true;
    this.fill(page, filter);
    this.newest.hidden = from === null;
    this.newest.href = searchOf(filter) || location.pathname;
    this.list.setAttribute('aria-busy', 'false');
  }

  fill({ records, next, ended_early: early }, filter) {
    this.table.replaceChildren(records.length === 0 ? make('p', { className: 'nothing' }, early
      ? 'None among those that were searched so far.' : 'No records.') : wideTable('Records, the newest first',
      ['Record', 'Received', 'Severity', 'Classification', 'Build', 'Machine id', 'Payload'],
      records.map((record) => [make('a', { href: `?id=${record.id}` }, String(record.id)),
        record.ts_reception.replace(' UTC', ''), `${record.severity} ${SEVERITIES[record.severity - 1] ?? ''}`,
        record.classification, record.build, record.machine_id.slice(0, 8), make('span', { className: 'brief' }, record.payload)])));
    this.older.hidden = next === null;
    this.older.href = searchOf({ ...filter, from_id: next ?? '' });
    setText(this.older, early ? 'Search on' : 'Older');
    setText(this.count, early ? `${format.count(records.length, 'records')}; payloads were searched for as long as there was time`
      : format.count(records.length, 'records'));
  }

  async showRecord(id, signal) {
    this.details.setAttribute('aria-busy', 'true');
    let parts;
    try {
      const record = await getJson('records/record', { id }, signal);
      parts = [make('h2', {}, `Record ${record.id}`),
        make('dl', { className: 'facts' }, ...SHOWN.flatMap(([name, label]) => [make('dt', {}, label),
          make('dd', {}, String(record[name] ?? ''))])),
        make('h3', {}, 'Payload'), make('pre', { className: 'payload', tabIndex: 0 }, record.payload),
        make('p', { className: 'links' }, make('a', { href: `?${new URLSearchParams({ machine_id: record.machine_id })}` },
          'Records of this machine id'), ' ', make('a', { href: address('records/record', { id }), download: '' }, 'JSON'))];
    } catch (error) {
      if (signal.aborted || ![400, 404].includes(error.status)) {
        throw error;
      }
      parts = [make('p', { className: 'nothing' }, 'There is no such record: it was deleted, or never there.')];
    }
    this.details.replaceChildren(...parts, make('p', {}, make('a', { href: location.pathname }, 'All records')));
    this.details.setAttribute('aria-busy', 'false');
  }
}
