// All panels of one fleet, in their sections.

import { Applications } from './applications.js';
import { AdoptionPanel, BreakdownPanel, CapacityPanel } from './breakdown.js';
import { Cards } from './cards.js';
import { make, newId } from './dom.js';
import { Explorer } from './explorer.js';
import { capital, singular } from './format.js';
import { BREAKDOWNS, BREAKDOWN_TITLES, CAPACITY, VERSIONS, hasLabel, otherLabels } from './sections.js';
import { SizePanel, sizedFigures } from './sizes.js';
import { DayTrend, MonthTrend } from './trends.js';

function trendsOf(fleet) {
  const [counted, ...others] = fleet.figures;
  const one = singular(counted.name);
  const said = (figure, step) => (figure === counted
    ? `Distinct ${figure.name} that reported in the ${step}.`
    : `The most that each ${one} had in one report of the ${step}, summed.`);
  const shown = [counted, ...others.filter(({ matches }) => !matches)];
  return [['month', MonthTrend], ['day', DayTrend]].flatMap(([step, Kind]) => shown.map((figure) => new Kind(fleet,
    figure, { step, title: `${capital(figure.name)} by ${step}`, note: said(figure, step) })));
}

export class Dashboard {
  // `choose(patch, options)` changes the state.
  constructor(fleet, host, choose) {
    this.fleet = fleet;
    this.host = host;
    this.cards = new Cards(fleet, choose);
    this.panels = [];
    host.replaceChildren(this.cards.element);
    this.section('Growth', trendsOf(fleet), 'grid-2');
    this.section('Sizes', sizedFigures(fleet).filter(({ metric }) => fleet.metrics.some(({ name }) => name === metric))
      .map((figure) => new SizePanel(fleet, figure)), 'grid-2');
    this.section('Versions', VERSIONS.filter((one) => hasLabel(fleet, one))
      .map((one) => new AdoptionPanel(fleet, one)), 'grid-1');
    for (const breakdown of fleet.breakdowns.filter((one) => hasLabel(fleet, one))) {
      const title = BREAKDOWN_TITLES.get(breakdown.name) ?? capital(breakdown.name);
      this.section(title, [new Applications(fleet, breakdown, title, choose)], 'grid-1');
    }
    this.section('Infrastructure', [
      ...(hasLabel(fleet, CAPACITY) ? [new CapacityPanel(fleet, CAPACITY)] : []),
      ...BREAKDOWNS.filter((one) => hasLabel(fleet, one)).map((one) => new BreakdownPanel(fleet, one)),
    ], 'grid-2');
    this.section('Other labels', otherLabels(fleet).length > 0 ? [new Explorer(fleet, choose)] : [], 'grid-1');
  }

  section(title, panels, grid) {
    if (panels.length === 0) {
      return;
    }
    const id = newId('section');
    this.host.append(make('section', { className: 'part', 'aria-labelledby': id }, make('h2', { id }, title),
      make('div', { className: grid }, ...panels.map((panel) => panel.element))));
    this.panels.push(...panels);
  }

  update(context, onOverview) {
    return Promise.all([this.cards.update(context, onOverview), ...this.panels.map((panel) => panel.update(context))]);
  }
}
