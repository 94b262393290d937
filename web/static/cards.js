// The period in short: a card for each figure beside the period before, and who came and left.

import { RequestError, csvAddress, getJson } from './api.js';
import { make, setText } from './dom.js';
import * as format from './format.js';
import { ROLLING, monthText, parseMonth } from './months.js';
import { Panel } from './panel.js';
import { fetchSizes, medianText, miniature, sizedFigures } from './sizes.js';

const MOVES = [
  { name: 'new', title: 'New', hint: 'never reported before' },
  { name: 'returned', title: 'Returned', hint: 'missed the period before, not earlier ones' },
  { name: 'gone', title: 'Gone', hint: 'reported in the period before, not in this one' },
];
const GONE_LATER = 'known when the period is over';

const isCounted = ({ figures, metrics }) => metrics.some(({ name }) => name === figures[0].metric);

// What a period is compared with, in words; null where nothing is known of it.
function beforeText(period, context) {
  if (period.before === null) {
    return null;
  }
  if (context.period === ROLLING) {
    return 'the 30 days before';
  }
  return period.compared === 'same days' ? `the same days, ${format.days(period.before_start, period.before_end)}`
    : format.period(context.month - context.months, context.months);
}

// Why a period cannot be compared, in words; null where it can.
function lackingText(period) {
  const unit = period.days === undefined ? 'months' : 'days';
  const all = period[unit];
  const [known, before] = [period[`known_${unit}`], period[`before_known_${unit}`]];
  if (known < all) {
    return `${known} of ${format.count(all, unit)} known`;
  }
  return period.before !== null && before < all ? `${before} of ${format.count(all, unit)} before known` : null;
}

// A number and its forerunner, of one figure or of two divided.
function pair(figures, name) {
  const { value, before } = figures[name];
  return { value, before };
}

function ratio(top, bottom) {
  const divide = (a, b) => (a === null || b === null ? null : b === 0 ? 0 : a / b);
  return { value: divide(top.value, bottom.value), before: divide(top.before, bottom.before) };
}

// What a fleet's cards are: each with the function that reads it from a period's figures. Where one has an average, `sizes`
// names the figure whose distribution stands beside it.
function cardsOf(fleet) {
  const [counted, ...sums] = fleet.figures;
  const { one } = fleet;
  const unit = counted.name;
  const size = sums.find(({ peak }) => peak);
  const cards = [{ id: unit, title: format.capital(fleet.unit), digits: 0, read: (figures) => pair(figures, unit),
    hint: () => 'reported at least once' }];
  for (const figure of sums) {
    const honest = figure.peak ?? figure.total;
    const perOne = (figures) => ratio(pair(figures, honest), pair(figures, unit));
    cards.push({ id: figure.name, title: format.capital(figure.shown), digits: 0, sizes: figure === size ? null : figure.name,
      read: (figures) => pair(figures, honest), hint: figure === size ? () => `the most that each ${one} had at once`
        : (figures) => `${format.tenth(perOne(figures).value)} per ${one}` });
    if (figure === size) {
      cards.push({ id: `${figure.name}-per-source`, title: `${format.capital(figure.shown)} per ${one}`, digits: 1,
        sizes: figure.name, read: perOne, hint: () => 'on average' });
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
    this.mini = definition.sizes ? miniature(null) : null;
    this.element = make('div', { className: 'card' }, make('h3', {}, definition.title), this.value, this.change,
      this.hint, this.mini);
    this.element.dataset.figure = definition.id;
  }

  // `before` names what it is compared with, `lacking` says why it cannot be, or is null. `sizes` are the distributions by
  // figure.
  show(figures, before, lacking, sizes) {
    const numbers = this.definition.read(figures);
    const { digits } = this.definition;
    setText(this.value, digits === 0 ? format.whole(numbers.value) : format.tenth(numbers.value));
    const known = lacking === null && numbers.before !== null;
    const change = known ? numbers.value - numbers.before : 0;
    this.change.className = `change ${change > 0 ? 'up' : change < 0 ? 'down' : ''}`;
    this.change.replaceChildren(known ? changeText(numbers, digits)
      : make('span', {}, lacking ?? 'nothing before to compare with'),
    ...(known ? [make('span', {}, ` vs ${before}`)] : []));
    const distribution = sizes.get(this.definition.sizes);
    const median = distribution ? medianText(distribution) : null;
    setText(this.hint, [this.definition.hint(figures), ...(median === null ? [] : [median])].join('; '));
    if (this.mini) {
      const mini = miniature(distribution?.peak);
      this.mini.replaceWith(mini);
      this.mini = mini;
    }
  }
}

export class Cards {
  constructor(fleet, choose) {
    this.fleet = fleet;
    this.choose = choose;
    this.cards = cardsOf(fleet).map((definition) => new Card(definition));
    this.panel = new Panel({ title: 'The period in short', className: 'bare', level: 2 });
    this.panel.heading.className = 'unseen';
    this.moves = new Map(MOVES.map(({ name }) => [name, make('dd', { className: 'move-value' }, '–')]));
    this.hints = new Map(MOVES.map(({ name, hint }) => [name, make('dd', { className: 'hint' }, hint)]));
    this.balance = make('p', { className: 'balance' }, ' ');
    const list = make('dl', { className: 'moves' }, ...MOVES.map(({ name, title }) => make('div',
      { className: `move move-${name}` }, make('dt', {}, title), this.moves.get(name), this.hints.get(name))));
    this.numbers = make('div', {}, make('div', { className: 'cards' }, ...this.cards.map((card) => card.element)),
      make('div', { className: 'coming-and-going' }, this.balance, list));
    this.empty = make('div', { className: 'notice', hidden: true });
    this.panel.content.append(this.numbers, this.empty);
    this.explanation = make('p');
    this.panel.note.replaceWith(make('details', { className: 'explain' },
      make('summary', {}, 'How this is counted'), this.explanation));
    this.element = this.panel.element;
  }

  // `onOverview` is told the answer, or null where nothing that is counted was ever reported.
  update(context, onOverview) {
    const parameters = { fleet: this.fleet.name, ...(context.period === ROLLING ? { period: ROLLING }
      : { month: monthText(context.month) }) };
    return this.panel.load(context, `${context.month} ${context.period}`, async (signal) => {
      try {
        const [overview, sizes] = await Promise.all([getJson('overview', parameters, signal),
          this.fetchSizes(context, signal)]);
        // Of 30 days there is always an answer, also where none of the metrics is the counted one.
        return { overview: context.period === ROLLING && !isCounted(context.fleet) ? null : overview, sizes };
      } catch (error) {
        if (error instanceof RequestError && error.status === 404) {
          return { overview: null, sizes: new Map() };
        }
        throw error;
      }
    }, ({ overview, sizes }) => {
      const { periods } = overview ?? { periods: {} };
      const counts = Object.values(periods).map(({ figures }) => Object.keys(figures).length + MOVES.length);
      this.panel.setCsv(csvAddress('overview', parameters), format.count(counts.reduce((a, b) => a + b, 0), 'figures'));
      this.panel.csv.hidden = overview === null;
      this.show(overview, sizes, context);
      onOverview(overview);
    });
  }

  // The distributions by figure.
  async fetchSizes(context, signal) {
    return new Map(await Promise.all(sizedFigures(this.fleet).map(async (figure) => [figure.name,
      await fetchSizes(this.fleet, figure, context, signal)])));
  }

  show(overview, sizes, context) {
    const period = overview?.periods[context.period];
    const isThere = overview !== null && (context.period === ROLLING
      ? Object.values(period.figures).some(({ value }) => value !== 0) : parseMonth(overview.month) === context.month);
    this.numbers.hidden = !isThere;
    this.empty.hidden = isThere;
    if (isThere) {
      this.showNumbers(period, sizes, context);
    } else if (overview === null) {
      this.tellEmpty(null, null);
    } else if (context.period === ROLLING) {
      this.tellEmpty('the last 30 days', context.last);
    } else {
      this.tellEmpty(format.monthName(context.month), parseMonth(overview.month));
    }
  }

  // `when` there was nothing; `other` is the month of which there are numbers, or null.
  tellEmpty(when, other) {
    const [counted] = this.fleet.figures;
    if (other === null) {
      this.empty.replaceChildren(make('p', {}, `Reports have come in, but none has ${counted.metric}, by which ` +
        `${this.fleet.unit} are counted. What else they have is below.`));
      return;
    }
    const button = make('button', { type: 'button' }, `Show ${format.monthName(other)}`);
    button.addEventListener('click', () => this.choose({ month: other }));
    this.empty.replaceChildren(make('p', {}, `Nothing was reported in ${when}.`),
      make('p', {}, button));
  }

  showNumbers(period, sizes, context) {
    const { figures } = period;
    const { unit, one } = this.fleet;
    const counted = figures[this.fleet.figures[0].name];
    const [before, lacking] = [beforeText(period, context), lackingText(period)];
    this.cards.forEach((card) => card.show(figures, before, lacking, sizes));
    this.moves.forEach((node, name) => setText(node, period[name] === null ? '–' : format.whole(period[name])));
    setText(this.hints.get('gone'), period.gone === null ? GONE_LATER : MOVES.find(({ name }) => name === 'gone').hint);
    const now = format.count(counted.value, unit, one);
    const when = context.period === ROLLING ? 'the last 30 days' : format.period(context.month, context.months);
    setText(this.balance, before === null || lacking !== null ? `${now} in ${when}`
      : `From ${format.count(counted.before, unit, one)} in ${before} to ${now}`);
    setText(this.explanation, this.explain(figures));
  }

  explain(figures) {
    const { one, figures: [, ...sums], descriptions } = this.fleet;
    const texts = [`${format.capital(format.withArticle(one))} counts when it reported in the period, once, however often it reported.`];
    for (const figure of sums) {
      const labels = Object.keys(descriptions.metrics[figure.metric].labels).map(format.words);
      if (figure.peak && labels.length > 0) {
        const [honest, total] = [figures[figure.peak].value, figures[figure.total].value];
        texts.push(`${format.capital(figure.shown)} are the most that each ${one} had in any one report of the ` +
          `period, summed: ${format.whole(honest)}. ${figure.total}, the figure of /api/overview, is another: there ` +
          `${format.withArticle(format.singular(figure.shown))} counts again each time its ${labels.join(' or ')} changes. It is ` +
          `${format.whole(total)}.`);
      } else {
        texts.push(`${format.capital(figure.shown)} are the most that each ${one} had in the period, summed.`);
      }
    }
    return texts.join(' ');
  }
}
