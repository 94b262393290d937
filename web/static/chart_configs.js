// What each kind of chart looks like, as configurations of Chart.js. Pure functions of the numbers
// and the page's colours.

import { color } from './charts.js';
import { share as percent, short, whole } from './format.js';

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

// Bars of counts, of several series one above the other: {name, values, color}, from the bottom up. `labels` are those of
// the steps; where there are many of them some are left out.
export function countBars({ series, labels }) {
  const config = options({
    tick: (i) => labels[i],
    title: (i) => labels[i],
    line: (i, s) => `${series[s].name}: ${whole(series[s].values[i])}`,
  }, { stacked: true, skipTicks: true });
  return {
    type: 'bar',
    data: {
      labels: labels.map((_, i) => i),
      datasets: series.map((one) => ({
        data: one.values,
        backgroundColor: color(one.color),
        maxBarThickness: 44,
        categoryPercentage: 0.9,
        barPercentage: 0.94,
      })),
    },
    options: config,
  };
}

// One line by day. A day that is not over stands beside it as a point of its own: joined to the line it would look like a
// fall.
export function dayLine({ values, final, texts }) {
  const line = color('--accent');
  const only = (isWanted) => values.map((value, i) => (isWanted(i) ? value : null));
  const config = options(texts, { skipTicks: true });
  config.plugins.tooltip.filter = (item) => item.raw !== null;
  return {
    type: 'line',
    data: {
      labels: values.map((_, i) => i),
      datasets: [{
        data: only((i) => final[i]),
        borderColor: line,
        backgroundColor: `${line}1f`,
        fill: 'origin',
        borderWidth: 2,
        pointRadius: values.filter((value, i) => value !== null && final[i]).length === 1 ? 3 : 0,
        pointBackgroundColor: line,
        pointHoverRadius: 4,
        tension: 0,
      }, {
        data: only((i) => !final[i]),
        showLine: false,
        borderColor: line,
        backgroundColor: color('--surface'),
        pointBorderWidth: 1.5,
        pointRadius: 4,
        pointHoverRadius: 5,
      }],
    },
    options: config,
  };
}

// Instead of a box over the chart: what is pointed at is told to whoever shows it beside it.
function pointing({ tick, onPoint }, extra = {}) {
  const config = options({ tick }, extra);
  config.plugins.tooltip = { enabled: false,
    external: ({ tooltip: at }) => onPoint(at.opacity === 0 ? null : at.dataPoints?.[0]?.dataIndex ?? null) };
  return config;
}

// Shares of a whole by month, one above the other; a month that is not over is paler. `series`: {values, color}, from
// the bottom up. `onPoint(i)` is called with the month that is pointed at, or null.
export function shareBars({ series, months, final, tick, onPoint }) {
  const gap = color('--surface');
  return {
    type: 'bar',
    data: {
      labels: months.map((_, i) => i),
      datasets: series.map((one) => ({
        data: one.values,
        backgroundColor: months.map((_, i) => (final[i] ? color(one.color) : `${color(one.color)}99`)),
        borderColor: gap,
        borderWidth: { top: 1 },
        maxBarThickness: 52,
        categoryPercentage: 0.94,
        barPercentage: 0.96,
      })),
    },
    options: pointing({ tick, onPoint }, { stacked: true, share: true }),
  };
}

// Several lines by month, dashed where the month is not over. `onPoint` as above.
export function lines({ series, months, final, tick, onPoint }) {
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
        segment: { borderDash: (part) => (final[part.p1DataIndex] ? undefined : [4, 3]) },
      })),
    },
    options: pointing({ tick, onPoint }),
  };
}

// Labels at whole multiples of `tick`, all in Unix seconds.
function timeAxis({ from, to, tick, time }) {
  return {
    type: 'linear',
    min: from,
    max: to,
    grid: { display: false, drawBorder: false },
    afterBuildTicks: (axis) => {
      axis.ticks = [];
      for (let at = Math.ceil(from / tick) * tick; at <= to; at += tick) {
        axis.ticks.push({ value: at });
      }
    },
    ticks: { color: color('--quiet'), maxRotation: 0, autoSkip: true, autoSkipPadding: 14, callback: (at) => time(at) },
  };
}

// One line over time. Where points are missing it breaks, so that no gap looks like a measurement. `points`: {x, y}, x in
// Unix seconds; `least`: how far the axis goes at least, `most`: at most.
export function timeLine({ points, from, to, step, tick, color: name, least, most, whole = false, stepped = false, time, text }) {
  const line = color(name);
  const isAlone = (i) => [i - 1, i + 1].every((next) => points[next] === undefined ||
    Math.abs(points[next].x - points[i].x) > 2.5 * step);
  const config = options({ tick: time, title: (i) => `${time(points[i].x)} UTC`, line: text });
  config.scales.x = timeAxis({ from, to, tick, time });
  config.scales.y.suggestedMax = least;
  config.scales.y.max = most !== undefined && points.some(({ y }) => y > 0.8 * most) ? most : undefined;
  config.scales.y.ticks.precision = whole ? 0 : undefined;
  return {
    type: 'line',
    data: {
      datasets: [{
        data: points,
        spanGaps: 2.5 * step,
        clip: 4,
        stepped: stepped ? 'before' : false,
        borderColor: line,
        backgroundColor: `${line}1f`,
        fill: 'origin',
        borderWidth: 2,
        pointRadius: points.map((_, i) => (isAlone(i) ? 3 : 0)),
        pointBackgroundColor: line,
        pointHoverRadius: 4,
        tension: 0,
      }],
    },
    options: config,
  };
}
