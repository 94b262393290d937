// A view that the operator declared: a table, or a chart of the largest rows with the table below it.

import { make, setText } from './dom.js';
import * as format from './format.js';
import { CountChart, seriesColour, ViewPanel, wideTable } from './record_parts.js';

const MOST_SERIES = 8;

export class DeclaredView {
  constructor(declared) {
    this.declared = declared;
    this.view = new ViewPanel({ title: declared.title, what: 'view', note: declared.about });
    this.chart = declared.show === 'chart' ? new CountChart(this.view.panel, format.capital(declared.per)) : null;
    this.table = make('div');
    this.limit = make('p', { className: 'rest' });
    this.view.panel.content.append(...(this.chart ? [this.chart.element] : [this.table]), this.limit);
    this.element = this.view.element;
  }

  show(context) {
    const { name, count } = this.declared;
    return this.view.load(context, { name }, (answer) => {
      const { columns, rows, other } = answer;
      const all = other ? [...rows, { value: 'Other', ...other }] : rows;
      setText(this.view.panel.lead, `${format.count(answer.groups, 'values')}, by ${this.declared.per}`);
      if (this.chart) {
        this.showChart(columns, all);
      } else if (all.length === 0) {
        this.table.replaceChildren(make('p', { className: 'nothing' }, `Nothing in the last ${format.count(answer.days, 'days')}.`));
      } else {
        this.table.replaceChildren(wideTable(answer.title, ['Value', count === 'machines' ? 'Machine ids' : 'Records', ...columns],
          all.map((row) => [row.value || '(empty)', format.whole(row.total), ...row.counts.map(format.whole)])));
      }
      setText(this.limit, answer.read_back_to === null ? ''
        : `Payloads were read for as long as there was time: back to ${format.utcMinute(answer.read_back_to)}.`);
    }, ({ rows, other }) => rows.length + (other ? 1 : 0));
  }

  showChart(columns, rows) {
    const largest = rows.slice(0, MOST_SERIES);
    const rest = rows.slice(MOST_SERIES);
    const series = largest.map(({ value, counts }, i) => ({ name: value || '(empty)', values: counts, color: seriesColour(i) }));
    if (rest.length > 0) {
      series.push({ name: 'All further ones', color: '--ramp-other',
        values: columns.map((_, i) => rest.reduce((sum, { counts }) => sum + counts[i], 0)) });
    }
    this.chart.show(`${this.declared.title}, ${format.count(rows.length, 'values')}`, columns, series);
  }
}
