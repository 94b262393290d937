// The period in short: a card for each figure beside the period before, and who came and left.

import { csvAddress, getJson } from './api.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { monthText } from './months.js';
import { Panel } from './panel.js';

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
const singular = (plural) => plural.replace(/s$/, '');

const MOVES = [
  { name: 'new', title: 'New', hint: 'never reported before' },
  { name: 'returned', title: 'Returned', hint: 'missed the period before, not earlier ones' },
  { name: 'gone', title: 'Gone', hint: 'reported in the period before, not in this one' },
];

// A number and its forerunner, of one figure or of two divided.
function pair(figures, name) {
  const { value, before } = figures[name];
  return { value, before };
}

function ratio(top, bottom) {
  const divide = (a, b) => (a === null || b === null ? null : b === 0 ? 0 : a / b);
  return { value: divide(top.value, bottom.value), before: divide(top.before, bottom.before) };
}

// What a fleet's cards are: each with the function that reads it from a period's figures.
function cardsOf(fleet) {
  const [counted, ...sums] = fleet.figures;
  const unit = counted.name;
  const cards = [{ id: unit, title: capital(unit), digits: 0, read: (figures) => pair(figures, unit),
    hint: () => 'reported at least once' }];
  for (const figure of sums) {
    const honest = figure.peak ?? figure.total;
    cards.push({ id: figure.name, title: capital(figure.name), digits: 0, read: (figures) => pair(figures, honest),
      hint: figure.peak
        ? (figures) => `${format.whole(figures[figure.total].value)} counting relabelled ${figure.name} twice`
        : (figures) => `${format.tenth(figures[figure.average].value)} per ${singular(unit)}` });
    if (figure.peak) {
      cards.push({ id: `${figure.name}-per-source`, title: `${capital(figure.name)} per ${singular(unit)}`, digits: 1,
        read: (figures) => ratio(pair(figures, honest), pair(figures, unit)),
        hint: (figures) => `${format.tenth(figures[figure.average].value)} counting relabelled ${figure.name} twice` });
    }
  }
  return cards;
}

function changeText({ value, before }, digits) {
  const change = digits === 0 ? value - before : Math.round((value - before) * 10) / 10;
  const text = change === 0 ? 'no change' : `${change > 0 ? '▲' : '▼'} ${format.signed(change)}`;
  return before > 0 && change !== 0 ? `${text} (${format.percentChange(value / before - 1)})` : text;
}

class Card {
  constructor(definition) {
    this.definition = definition;
    this.value = make('p', { className: 'value' }, '–');
    this.change = make('p', { className: 'change' }, ' ');
    this.hint = make('p', { className: 'hint' }, ' ');
    this.element = make('div', { className: 'card' }, make('h3', {}, definition.title), this.value, this.change,
      this.hint);
    this.element.dataset.figure = definition.id;
  }

  show(figures, before) {
    const numbers = this.definition.read(figures);
    const { digits } = this.definition;
    setText(this.value, digits === 0 ? format.whole(numbers.value) : format.tenth(numbers.value));
    const known = numbers.before !== null;
    const change = known ? numbers.value - numbers.before : 0;
    this.change.className = `change ${change > 0 ? 'up' : change < 0 ? 'down' : ''}`;
    this.change.replaceChildren(known ? changeText(numbers, digits) : 'nothing before to compare with',
      ...(known ? [make('span', {}, ` vs ${before}`)] : []));
    setText(this.hint, this.definition.hint(figures));
  }
}

export class Cards {
  constructor(fleet) {
    this.fleet = fleet;
    this.cards = cardsOf(fleet).map((definition) => new Card(definition));
    this.panel = new Panel({ title: 'The period in short', className: 'bare', level: 2 });
    this.panel.heading.className = 'unseen';
    this.moves = new Map(MOVES.map(({ name }) => [name, make('dd', { className: 'move-value' }, '–')]));
    this.balance = make('p', { className: 'balance' }, ' ');
    const list = make('dl', { className: 'moves' }, ...MOVES.map(({ name, title, hint }) => make('div',
      { className: `move move-${name}` }, make('dt', {}, title), this.moves.get(name),
      make('dd', { className: 'hint' }, hint))));
    this.panel.content.append(make('div', { className: 'cards' }, ...this.cards.map((card) => card.element)),
      make('div', { className: 'coming-and-going' }, this.balance, list));
    this.explanation = make('p');
    this.panel.note.replaceWith(make('details', { className: 'explain' },
      make('summary', {}, 'How this is counted'), this.explanation));
    this.element = this.panel.element;
  }

  // `onOverview` is told the answer.
  update(context, onOverview) {
    const parameters = { fleet: this.fleet.name, month: monthText(context.month) };
    this.panel.setCsv(csvAddress('overview', parameters));
    return this.panel.load(context, `${parameters.month} ${context.period}`,
      (signal) => getJson('overview', parameters, signal), (overview) => {
        this.show(overview, context);
        onOverview(overview);
      });
  }

  show(overview, context) {
    const period = overview.periods[context.period];
    const { figures } = period;
    const unit = this.fleet.figures[0].name;
    const before = format.period(context.month - context.months, context.months);
    this.cards.forEach((card) => card.show(figures, before));
    this.moves.forEach((node, name) => setText(node, format.whole(period[name])));
    const now = format.count(figures[unit].value, unit);
    setText(this.balance, figures[unit].before === null ? `${now} in ${format.period(context.month, context.months)}`
      : `From ${format.count(figures[unit].before, unit)} in ${before} to ${now}`);
    setText(this.explanation, this.explain(figures));
  }

  explain(figures) {
    const [counted, ...sums] = this.fleet.figures;
    const one = singular(counted.name);
    const texts = [`A ${one} counts when it reported in the period, once, however often it reported.`];
    for (const figure of sums) {
      if (figure.peak) {
        const [honest, total] = [figures[figure.peak].value, figures[figure.total].value];
        texts.push(`${capital(figure.name)} are the most that each ${one} had in any one report of the period, ` +
          `summed: ${format.whole(honest)}. /api/overview adds up the most of every label set instead, so that a ` +
          `${singular(figure.name)} counts again for every kernel it ran: ${format.whole(total)}.`);
      } else {
        texts.push(`${capital(figure.name)} are the most that each ${one} had in the period, summed.`);
      }
    }
    return texts.join(' ');
  }
}
