// The views that count records: by build, by classification and platform, machine checks, thermal events, and machines.

import { make, setText } from './dom.js';
import * as format from './format.js';
import { CountChart, countTable, recordsAddress, seriesColour, ViewPanel, wideTable } from './record_parts.js';

const sum = (values) => values.reduce((a, b) => a + b, 0);
const counts = (items, name) => items.map((item) => ({ name: item[name] || '(empty)', count: item.records,
  href: item[name] ? recordsAddress({ [name]: item[name] }) : null }));

export class BuildsView {
  constructor() {
    this.view = new ViewPanel({ title: 'Records by build', what: 'builds', note: 'Builds that are whole numbers.' });
    this.chart = new CountChart(this.view.panel, 'Build');
    this.others = make('p', { className: 'rest' });
    this.view.panel.content.append(this.chart.element, this.others);
    this.element = this.view.element;
  }

  show(context) {
    return this.view.load(context, {}, ({ builds, others }) => {
      const values = builds.map(({ records }) => records);
      setText(this.view.panel.lead, format.count(sum(values), 'records'));
      this.chart.show(`Records of ${format.count(builds.length, 'builds')}`, builds.map(({ build }) => build),
        [{ name: 'Records', values, color: seriesColour(0) }]);
      setText(this.others, others === 0 ? '' : `and ${format.count(others, 'records')} of builds that are no whole numbers`);
    }, ({ builds }) => builds.length);
  }
}

export class StatsView {
  constructor() {
    this.view = new ViewPanel({ title: 'What records are of', what: 'stats', note: 'Shares of all records that are kept.' });
    this.classes = make('div');
    this.platforms = make('div');
    this.view.panel.content.append(make('div', { className: 'grid-2' },
      make('section', {}, make('h3', {}, 'Classifications'), this.classes),
      make('section', {}, make('h3', {}, 'Platforms'), this.platforms)));
    this.element = this.view.element;
  }

  show(context) {
    return this.view.load(context, {}, (answer) => {
      setText(this.view.panel.lead, format.count(answer.records, 'records'));
      countTable(this.classes, 'Records by classification', ['Classification', 'Records'],
        counts(answer.classifications, 'classification'), answer.records);
      countTable(this.platforms, 'Records by platform', ['Platform', 'Records'],
        answer.platforms.map(({ platform, records }) => ({ name: platform || '(empty)', count: records })), answer.records);
    }, (answer) => answer.classifications.length + answer.platforms.length);
  }
}

export class ChecksView {
  constructor() {
    this.view = new ViewPanel({ title: 'Machine checks of this year', what: 'machine-checks',
      note: 'By the machines’ clocks, weeks from Monday. The status is the last 8 digits of the one in the payload.' });
    this.chart = new CountChart(this.view.panel, 'Week');
    this.parts = new Map(['Classifications', 'Builds', 'Machine ids', 'Statuses'].map((title) => [title, make('div')]));
    this.view.panel.content.append(this.chart.element, make('div', { className: 'grid-2' },
      ...[...this.parts].map(([title, part]) => make('section', {}, make('h3', {}, title), part))));
    this.element = this.view.element;
  }

  show(context) {
    return this.view.load(context, {}, (answer) => {
      const { records, classifications, weeks } = answer;
      setText(this.view.panel.lead, format.count(records, 'records'));
      this.chart.show(`Machine checks of ${format.count(weeks.length, 'weeks')}`, weeks.map(({ week }) => week),
        classifications.map(({ classification }, i) => ({ name: classification, color: seriesColour(i),
          values: weeks.map((week) => week.records[i]) })));
      const fill = (title, heading, rows) => countTable(this.parts.get(title), title, [heading, 'Records'], rows, records);
      fill('Classifications', 'Classification', counts(classifications, 'classification'));
      fill('Builds', 'Build', counts(answer.builds, 'build'));
      fill('Machine ids', 'Machine id', counts(answer.machines, 'machine_id'));
      fill('Statuses', 'Status', answer.statuses.map(({ status, records: count }) => ({ name: status, count })));
    }, (answer) => answer.weeks.length * answer.classifications.length + answer.builds.length + answer.machines.length +
      answer.statuses.length);
  }
}

export class ThermalView {
  constructor() {
    this.view = new ViewPanel({ title: 'Thermal events', what: 'thermal', note: 'By the machines’ clocks, weeks from Monday.' });
    this.chart = new CountChart(this.view.panel, 'Week');
    this.view.panel.content.append(this.chart.element);
    this.element = this.view.element;
  }

  show(context) {
    return this.view.load(context, { weeks: 8 }, ({ weeks }) => {
      const values = weeks.map(({ records }) => records);
      setText(this.view.panel.lead, `${format.count(sum(values), 'records')} in ${format.count(weeks.length, 'weeks')}`);
      this.chart.show('Thermal events by week', weeks.map(({ week }) => week),
        [{ name: 'Records', values, color: seriesColour(0) }]);
    }, ({ weeks }) => weeks.length);
  }
}

const WINDOW_WORDS = { '1d': '1 day', '3d': '3 days', '7d': '7 days', '14d': '14 days', all: 'All' };
const days = (seconds) => format.quantity(Math.round(seconds / 8640) / 10);

export class PopulationView {
  constructor() {
    this.view = new ViewPanel({ title: 'Machines', what: 'population' });
    this.estimates = make('dl', { className: 'facts' });
    this.lives = make('p');
    this.table = make('div');
    this.view.panel.content.append(this.estimates, this.lives, make('h3', {}, 'Distinct machine ids'), this.table);
    this.element = this.view.element;
  }

  show(context) {
    return this.view.load(context, {}, (answer) => {
      const { windows, ids, estimates, builds, id_lives: lives } = answer;
      this.estimates.replaceChildren(...estimates.flatMap((estimate) => this.fact(estimate)));
      setText(this.lives, lives.ids === 0 ? `An id lives for ${format.count(answer.id_life_days, 'days')}.`
        : `An id lives for ${format.count(answer.id_life_days, 'days')}. Of ${format.count(lives.ids, 'ids')} that ended in ` +
          `the last weeks, half were seen for ${days(lives.median_seconds)} days or more, and 95 of 100 for ` +
          `${days(lives.most_seconds)} or less.`);
      const cell = (internal, external) => (internal + external === 0 ? '–'
        : `${format.whole(internal)} + ${format.whole(external)}`);
      const row = (name, { internal, external }) => [name, ...windows.map((_, i) => cell(internal[i], external[i]))];
      this.table.replaceChildren(wideTable('Distinct machine ids by build, internal + external',
        ['Build', ...windows.map((window) => WINDOW_WORDS[window])],
        [row('All builds', ids), ...builds.map((build) => row(build.build, build)).reverse()]));
      setText(this.view.panel.note, `Heartbeats, by the machines’ clocks, internal + external. ${answer.method}`);
    }, ({ builds }) => builds.length * 2);
  }

  fact({ days: window, known, machines, new_ids: fresh }) {
    const name = make('dt', {}, `Machines on average, last ${window} days`);
    return known ? [name, make('dd', {}, make('strong', {}, format.whole(machines.internal + machines.external)),
      ` ${format.whole(machines.internal)} internal, ${format.whole(machines.external)} external; from ${
        format.count(fresh.internal + fresh.external, 'new ids')}`)]
      : [name, make('dd', {}, `not known yet: heartbeats must go back ${window + 3} days`)];
  }
}
