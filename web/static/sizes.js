// How large the sources of a period are, which an average hides: in words, as a histogram with its numbers, and as one for
// a card.

import { csvAddress, getKnown } from './api.js';
import { make, plainTable, setText } from './dom.js';
import * as format from './format.js';
import { periodParameters } from './months.js';
import { Panel } from './panel.js';
import { bar, headedTable } from './tables.js';

// With fewer sources than these, a percentile says no more than the largest.
const [WORTH_QUARTERS, WORTH_TENTHS, WORTH_HUNDREDTHS] = [4, 10, 100];
const SHORT_FROM = 10_000;

const NOT_KNOWN = { sources: null, peak: null, latest: null };

// The figures that every source has so much of.
export const sizedFigures = (fleet) => fleet.figures.filter(({ counts }) => counts === 'sum');

const parametersOf = (fleet, figure, context) => ({ fleet: fleet.name, figure: figure.name,
  ...periodParameters(context) });

export const fetchSizes = (fleet, figure, context, signal) => getKnown('distribution',
  parametersOf(fleet, figure, context), signal, NOT_KNOWN);

function numbersIn(distribution) {
  const { bins, ...statistics } = distribution ?? { bins: [] };
  return bins.length + Object.keys(statistics).length;
}

// "6–10", "501K–1M", "-5 to -4".
function rangeText({ from, to }) {
  const write = Math.max(Math.abs(from), Math.abs(to)) >= SHORT_FROM ? format.short : format.quantity;
  const [first, last] = [write(from), write(to)];
  return first === last ? first : from < 0 ? `${first} to ${last}` : `${first}–${last}`;
}

// Bins side by side, with an empty one for what nobody has between two of them, where numbers are whole.
function withGaps(bins) {
  return bins.flatMap((bin, i) => {
    const gap = i > 0 ? { from: bins[i - 1].to + 1, to: bin.from - 1, sources: 0 } : null;
    const isGap = gap !== null && Number.isSafeInteger(gap.from) && Number.isSafeInteger(gap.to) && gap.from <= gap.to;
    return isGap ? [gap, bin] : [bin];
  });
}

// The bins by peak and by latest report, side by side. The ends that both have in common are those farther from zero.
function sideBySide(peak, latest) {
  const rows = new Map();
  const add = (name) => ({ from, to, sources }) => {
    const end = to > 0 ? to : from;
    const row = rows.get(end) ?? { from, to, peak: 0, latest: 0 };
    rows.set(end, { ...row, from: Math.min(row.from, from), to: Math.max(row.to, to), [name]: sources });
  };
  peak.bins.forEach(add('peak'));
  latest?.bins.forEach(add('latest'));
  const sorted = [...rows.values()].sort((a, b) => a.from - b.from);
  return withGaps(sorted).map((row) => ({ peak: 0, latest: 0, ...row }));
}

// "half have at most 3"; null where there are no two to compare.
export function medianText({ peak }) {
  return peak === null || peak.known < 2 ? null : `half have at most ${format.quantity(peak.median)}`;
}

// The distribution in a sentence or two. `sources` and `units` are plurals.
export function inWords(peak, sources, units) {
  const number = format.quantity;
  const amount = (value) => (value === 1 ? `1 ${format.singular(units)}` : `${number(value)} ${units}`);
  if (peak.known === 1) {
    return `The one ${format.singular(sources)} that says so has ${amount(peak.median)}.`;
  }
  if (peak.min === peak.max) {
    return `All ${format.count(peak.known, sources)} have ${amount(peak.median)}.`;
  }
  const shares = [
    ...(peak.known >= WORTH_QUARTERS ? [`a quarter at most ${number(peak.p25)}`,
      `three quarters at most ${number(peak.p75)}`] : []),
    ...(peak.known >= WORTH_TENTHS ? [`nine in ten at most ${number(peak.p90)}`] : []),
    ...(peak.known >= WORTH_HUNDREDTHS ? [`99 in 100 at most ${number(peak.p99)}`] : []),
  ];
  const average = Number.isInteger(peak.average) ? number : format.tenth;
  const half = `Half of ${format.count(peak.known, sources)} have at most ${amount(peak.median)}`;
  return `${[half, ...shares].join(', ')}. The smallest has ${number(peak.min)}, the largest ${number(peak.max)}, and the ` +
    `average is ${average(peak.average)}.`;
}

// Bars without numbers, for a card: those are beside it, and in the panel.
export function miniature(peak) {
  const bins = withGaps(peak?.bins ?? []);
  const most = Math.max(...bins.map(({ sources }) => sources), 1);
  return make('div', { className: 'sizes-mini', 'aria-hidden': 'true' }, ...bins.map(({ sources }) => {
    const fill = make('span');
    fill.style.height = `${sources === 0 ? 0 : Math.max((sources / most) * 100, 4)}%`;
    return fill;
  }));
}

export class SizePanel {
  constructor(fleet, figure) {
    this.fleet = fleet;
    this.figure = figure;
    this.sources = fleet.figures[0].name;
    this.title = `${format.capital(figure.shown)} of ${format.withArticle(fleet.one)}`;
    this.panel = new Panel({ title: this.title, className: 'sizes' });
    this.element = this.panel.element;
    this.element.dataset.sizes = figure.name;
    this.words = make('p', { className: 'in-words' });
    this.list = make('div', { className: 'list-room' });
    this.panel.content.append(this.words, this.list);
    this.panel.addTable(() => this.table());
  }

  update(context) {
    return this.panel.load(context, `${context.period} ${context.month}`,
      (signal) => fetchSizes(this.fleet, this.figure, context, signal), (answer) => {
        this.panel.setCsv(csvAddress('distribution', parametersOf(this.fleet, this.figure, context)),
          format.count(numbersIn(answer.peak) + numbersIn(answer.latest), 'numbers'));
        this.panel.csv.hidden = answer.peak === null;
        this.answer = answer;
        this.show(answer);
        this.panel.fillTable();
      });
  }

  show({ peak, latest }) {
    const isThere = peak !== null && peak.known > 0;
    setText(this.words, isThere ? inWords(peak, this.sources, this.figure.shown) : peak === null
      ? 'Not known of this period.' : 'Nobody reported it in this period.');
    setText(this.panel.note, isThere ? this.note(peak, latest) : '');
    if (!isThere) {
      this.list.replaceChildren();
      return;
    }
    const table = headedTable(this.title, [format.capital(this.figure.shown), format.capital(this.sources), 'Share',
      ...(latest ? ['Latest'] : [])]);
    const rows = sideBySide(peak, latest);
    const most = Math.max(...rows.map((row) => row.peak));
    table.tBodies[0].append(...rows.map((row) => make('tr', {},
      make('th', { scope: 'row' }, make('span', { className: 'name' }, rangeText(row)), bar(row.peak, most)),
      make('td', {}, format.whole(row.peak)), make('td', {}, format.share(row.peak, peak.known)),
      ...(latest ? [make('td', {}, format.whole(row.latest))] : []))));
    this.list.replaceChildren(table);
  }

  note(peak, latest) {
    const { one } = this.fleet;
    const most = `the most ${this.figure.name} that it had${this.figure.matches ? '' : ' at once'}`;
    const unknown = peak.unknown === 0 ? '' : ` ${format.count(peak.unknown, this.sources)} did not say.`;
    return `Each ${one} of the period by ${most}${latest ? ', and by its latest report' : ''}.${unknown}`;
  }

  // The percentiles, which the sentence has in words.
  table() {
    const { peak, latest } = this.answer ?? NOT_KNOWN;
    const cell = (one, name) => (one === null || one[name] === null ? 'not known' : format.quantity(one[name]));
    const rows = [['Smallest', 'min'], ['25 %', 'p25'], ['Median', 'median'], ['75 %', 'p75'], ['90 %', 'p90'],
      ['99 %', 'p99'], ['Largest', 'max'], ['Average', 'average'], ['Sum', 'sum'],
      [`${format.capital(this.sources)} that said so`, 'known'],
      [`${format.capital(this.sources)} that did not`, 'unknown']];
    return plainTable(this.title, ['Of all', 'Most', 'Latest'], rows.map(([said, name]) => [said,
      cell(peak, name), cell(latest, name)]));
  }
}
