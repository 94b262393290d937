// What each kind of chart looks like, as configurations of Chart.js. Pure functions of the numbers
// and the page's colours.

import { color } from './charts.js';
import { compareValues, share as percent, short } from './format.js';

// Oldest to newest; fewer values take the newer end, and stand further apart.
export const RAMP = ['--ramp-1', '--ramp-2', '--ramp-3', '--ramp-4', '--ramp-5', '--ramp-6', '--ramp-7', '--ramp-8'];
export const OTHER = '--ramp-other';

// Property names by value: like versions get like colours, the newest the strongest.
export function rampOf(values) {
  const ordered = [...values].sort(compareValues);
  const step = Math.max(1, 5 - ordered.length);
  const at = (i) => RAMP[RAMP.length - 1 - (ordered.length - 1 - i) * step];
  return new Map(ordered.map((value, i) => [value, at(i)]));
}

function axes({ tick, stacked = false, share = false, skipTicks = false }) {
  const quiet = color('--quiet');
  return {
    x: {
      stacked,
      grid: { display: false, drawBorder: false },
      ticks: { color: quiet, maxRotation: 0, autoSkip: skipTicks, autoSkipPadding: 14, callback: (_, i) => tick(i) },
    },
    y: {
      stacked,
      beginAtZero: true,
      suggestedMax: share ? undefined : 4,
      max: share ? 1 : undefined,
      grid: { color: color('--grid'), drawBorder: false },
      ticks: { color: quiet, maxTicksLimit: 5, precision: share ? undefined : 0, padding: 6,
        callback: (value) => (share ? percent(value, 1) : short(value)) },
    },
  };
}

function tooltip({ title, line, footer }) {
  return {
    backgroundColor: color('--tip'),
    titleColor: color('--tip-text'),
    bodyColor: color('--tip-text'),
    footerColor: color('--tip-text'),
    padding: 10,
    cornerRadius: 6,
    boxPadding: 4,
    footerFont: { weight: 'normal' },
    callbacks: {
      title: (items) => title(items[0].dataIndex),
      label: (item) => line(item.dataIndex, item.datasetIndex),
      footer: (items) => footer?.(items[0].dataIndex) ?? '',
    },
  };
}

function options(texts, extra = {}) {
  return {
    interaction: { mode: 'index', intersect: false },
    layout: { padding: { top: 8 } },
    scales: axes({ tick: texts.tick, ...extra }),
    plugins: { tooltip: tooltip(texts) },
  };
}

// Bars by month. Those of the chosen period are strong, one that still grows is an outline. `texts`
// are functions of a bar's index; `onPick(i)` is called for a bar that is clicked.
export function monthBars({ values, final, isChosen, texts, onPick }) {
  const [strong, soft] = [color('--accent'), color('--accent-soft')];
  const edge = (i) => (isChosen(i) ? strong : soft);
  const config = options(texts);
  config.onClick = (_, items) => items.length > 0 && onPick(items[0].index);
  config.onHover = (event, items) => {
    event.native.target.style.cursor = items.length > 0 ? 'pointer' : '';
  };
  return {
    type: 'bar',
    data: {
      labels: values.map((_, i) => i),
      datasets: [{
        data: values,
        backgroundColor: values.map((_, i) => (final[i] ? edge(i) : `${edge(i)}99`)),
        borderColor: values.map((_, i) => edge(i)),
        borderWidth: values.map((_, i) => (final[i] ? 0 : 1.5)),
        borderRadius: 3,
        maxBarThickness: 44,
        categoryPercentage: 0.86,
      }],
    },
    options: config,
  };
}

// One line by day; the part that is not over is dashed.
export function dayLine({ values, final, texts }) {
  const line = color('--accent');
  return {
    type: 'line',
    data: {
      labels: values.map((_, i) => i),
      datasets: [{
        data: values,
        borderColor: line,
        backgroundColor: `${line}1f`,
        fill: 'origin',
        borderWidth: 2,
        pointRadius: values.filter((value) => value !== null).length === 1 ? 3 : 0,
        pointBackgroundColor: line,
        pointHoverRadius: 4,
        tension: 0,
        segment: { borderDash: (part) => (final[part.p1DataIndex] ? undefined : [4, 3]) },
      }],
    },
    options: options(texts, { skipTicks: true }),
  };
}

// Shares of a whole by month, one above the other. `series`: {values, color}, from the bottom up.
export function shareBars({ series, months, texts }) {
  const gap = color('--surface');
  return {
    type: 'bar',
    data: {
      labels: months.map((_, i) => i),
      datasets: series.map((one) => ({
        data: one.values,
        backgroundColor: color(one.color),
        borderColor: gap,
        borderWidth: { top: 1 },
        maxBarThickness: 52,
        categoryPercentage: 0.94,
        barPercentage: 0.96,
      })),
    },
    options: options(texts, { stacked: true, share: true }),
  };
}

// Several lines by month.
export function lines({ series, months, texts }) {
  return {
    type: 'line',
    data: {
      labels: months.map((_, i) => i),
      datasets: series.map((one) => ({
        data: one.values,
        borderColor: color(one.color),
        backgroundColor: color(one.color),
        borderWidth: 2,
        pointRadius: months.length === 1 ? 3 : 0,
        pointHoverRadius: 4,
      })),
    },
    options: options(texts),
  };
}
