// All panels of one fleet, in their sections.

import { AdoptionPanel, AmountsPanel, BreakdownPanel } from './breakdown.js';
import { Cards } from './cards.js';
import { make, newId } from './dom.js';
import { Explorer } from './explorer.js';
import { capital, count } from './format.js';
import { LongList } from './long_list.js';
import { hasLabel, otherLabels, sectionsOf } from './sections.js';
import { SizePanel, sizedFigures } from './sizes.js';
import { DayTrend, MonthTrend } from './trends.js';

// Of how many figures there are charts at once; of the others when somebody wants them.
const FIGURES_DRAWN = 2;

function trendsOf(fleet, figures) {
  const said = (figure, step) => (figure.counts === 'sources'
    ? `Distinct ${figure.shown} that reported in the ${step}.`
    : `The most that each ${fleet.one} had in one report of the ${step}, summed.`);
  return [['month', MonthTrend], ['day', DayTrend]].flatMap(([step, Kind]) => figures.map((figure) => new Kind(fleet,
    figure, { step, title: `${capital(figure.shown)} by ${step}`, note: said(figure, step) })));
}

// What adds up stands alone in its section as a list that can be searched and sorted.
function breakdownOf(fleet, panel, { choose, isAlone, level }) {
  if (panel.bytes.size > 0) {
    return new AmountsPanel(fleet, panel, level);
  }
  return isAlone && panel.sums !== null && panel.bar !== 'sum' ? new LongList(fleet, panel, choose, level)
    : new BreakdownPanel(fleet, panel, level);
}

export class Dashboard {
  // `choose(patch, options)` changes the state.
  constructor(fleet, host, choose) {
    this.fleet = fleet;
    this.choose = choose;
    this.cards = new Cards(fleet, choose);
    this.panels = [];
    this.context = null;
    host.replaceChildren(...sectionsOf(fleet).flatMap((section) => [this.section(section),
      section.panels.some(({ show }) => show === 'trend') ? this.sizes() : null]).filter((one) => one !== null));
  }

  // Null where nothing in it was reported.
  section({ title, panels }) {
    const [first] = panels;
    if (first.show === 'figures' && title === null) {
      return this.cards.element;
    }
    const options = { choose: this.choose, isAlone: panels.length === 1, level: title === null ? 2 : 3 };
    const made = panels.flatMap((panel) => this.make(panel, options));
    if (made.length === 0) {
      return null;
    }
    const id = newId('section');
    const grid = make('div', { className: 'grid' }, ...made.map((panel) => panel.element));
    const notes = panels.filter(({ metric, note }) => metric === undefined && note !== null)
      .map(({ note }) => make('p', { className: 'section-note' }, note));
    const section = make('section', { className: 'part' }, title === null ? null : make('h2', { id }, title), ...notes, grid,
      panels.some(({ show }) => show === 'trend') ? this.moreTrends(grid) : null);
    if (title !== null) {
      section.setAttribute('aria-labelledby', id);
    }
    this.panels.push(...made.filter((panel) => panel !== this.cards));
    return section;
  }

  make(panel, options) {
    switch (panel.show) {
      case 'figures': return [this.cards];
      case 'trend': return trendsOf(this.fleet, this.drawn().slice(0, FIGURES_DRAWN));
      case 'other': return otherLabels(this.fleet).length > 0 ? [new Explorer(this.fleet, this.choose)] : [];
      default:
    }
    if (!hasLabel(this.fleet, panel)) {
      return [];
    }
    return [panel.show === 'adoption' ? new AdoptionPanel(this.fleet, panel, options.level)
      : breakdownOf(this.fleet, panel, options)];
  }

  // How large each installation is; null where no figure was reported.
  sizes() {
    const panels = sizedFigures(this.fleet).filter(({ metric }) => this.fleet.metrics.some(({ name }) => name === metric))
      .slice(0, FIGURES_DRAWN).map((figure) => new SizePanel(this.fleet, figure));
    if (panels.length === 0) {
      return null;
    }
    const id = newId('section');
    this.panels.push(...panels);
    return make('section', { className: 'part', 'aria-labelledby': id }, make('h2', { id }, 'Sizes'),
      make('div', { className: 'grid' }, ...panels.map((panel) => panel.element)));
  }

  drawn() { return this.fleet.figures.filter(({ matches }) => !matches); }

  // A button for the charts of the other figures; null where there are none.
  moreTrends(grid) {
    const figures = this.drawn().slice(FIGURES_DRAWN);
    if (figures.length === 0) {
      return null;
    }
    const button = make('button', { type: 'button', className: 'more' }, `Show ${count(figures.length, 'more figures')}`);
    button.addEventListener('click', () => {
      const made = trendsOf(this.fleet, figures);
      grid.append(...made.map((panel) => panel.element));
      this.panels.push(...made);
      made.forEach((panel) => panel.update(this.context));
      const { heading } = made[0].panel;
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
      button.remove();
    });
    return button;
  }

  update(context, onOverview) {
    this.context = context;
    return Promise.all([this.cards.update(context, onOverview), ...this.panels.map((panel) => panel.update(context))]);
  }
}
