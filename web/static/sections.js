// What a fleet's declaration says of its page, as the panels need it. Pure functions.

import { capital, words } from './format.js';

// What stands above panels that have a section of their own and are not told how to call it.
const USUAL_TITLES = new Map([['trend', 'Growth'], ['other', 'Other labels']]);

// A fleet of the API, with names in words: `unit` is what is counted, `one` of them, and `shown` what a figure is called.
export function withWords(fleet) {
  const { counted, figures } = fleet;
  return { ...fleet, unit: words(counted.name), one: words(counted.one), figures: figures.map((figure, i) => ({
    ...figure, unit: words(figure.unit), shown: words(i === 0 ? counted.name : figure.unit) })) };
}

// The first group of a pattern that has to match all of a value. Patterns are RE2's; of one that is not JavaScript's as well
// nothing is made, and the value is shown as it is.
function matcherOf(pattern) {
  try {
    return new RegExp(`^(?:${pattern.replaceAll('(?P<', '(?<')})$`, 'su');
  } catch {
    return null;
  }
}

function noteOf(fleet, { metric, by, sums }) {
  const { breakdowns, metrics } = fleet.descriptions;
  const breakdown = fleet.breakdowns.find((one) => one.metric === metric && one.label === by);
  return [breakdowns[breakdown?.name]?.description ?? metrics[metric].labels[by],
    `${capital(fleet.unit)} by ${words(by)} in their latest report of the period${sums ? `; ${sums.toLowerCase()}: each ` +
      `${fleet.one}’s most in the period, summed` : ''}.`].join(' ');
}

// A label's panel: `nameOf(value)` is what is shown of a value; `names` and `bytes` are by value.
function labelPanel(fleet, panel) {
  const names = new Map(Object.entries(panel.names));
  const pattern = panel.plain === null ? null : matcherOf(panel.plain);
  return { ...panel, label: panel.by, hasNote: panel.note !== null, note: panel.note ?? noteOf(fleet, panel), names, bytes: new Set(panel.bytes),
    nameOf: (value) => names.get(value) ?? pattern?.exec(value)?.[1] ?? value };
}

// The sections of the page in their order, each with its `title`, which may be null, and its `panels`.
export function sectionsOf(fleet) {
  const sections = [];
  for (const panel of fleet.page) {
    const isOfLabel = panel.metric !== undefined;
    const title = panel.section ?? (isOfLabel ? null : panel.title ?? USUAL_TITLES.get(panel.show) ?? null);
    const last = sections[sections.length - 1];
    const one = isOfLabel ? labelPanel(fleet, panel) : panel;
    if (last && last.title === title && panel.show !== 'figures' && last.panels[0].show !== 'figures') {
      last.panels.push(one);
    } else {
      sections.push({ title, panels: [one] });
    }
  }
  return sections;
}

// A panel is shown where the fleet reports its metric and label.
export function hasLabel(fleet, { metric, label }) {
  return fleet.metrics.some((one) => one.name === metric && one.labels.includes(label));
}

// "metric:label", or "metric:" for a metric as a whole, of all that has no place of its own.
export function otherLabels(fleet) {
  const placed = new Set(fleet.page.map(({ metric, by }) => `${metric}:${by}`));
  const figures = new Set(fleet.figures.map(({ metric }) => metric));
  return fleet.metrics.flatMap(({ name, labels }) => {
    const all = labels.map((label) => `${name}:${label}`);
    if (labels.length === 0 && !figures.has(name)) {
      all.push(`${name}:`);
    }
    return all.filter((one) => !placed.has(one));
  });
}
