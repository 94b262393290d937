// Calendar months as whole numbers, counted from January of the year 0, and the periods that the page shows.

// The 30 days that end with today: full on every day, where a month is empty on its first.
export const ROLLING = '30d';

// How many months there are in each. The rolling one is drawn as the month that has most of its days.
export const PERIODS = new Map([[ROLLING, 1], ['month', 1], ['quarter', 3], ['year', 12]]);

// Of "2026-03"; null where the text is no month.
export function parseMonth(text) {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text ?? '');
  return match ? Number(match[1]) * 12 + Number(match[2]) - 1 : null;
}

export function monthText(month) {
  return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
}

export function firstInstant(month) {
  return new Date(Date.UTC(Math.floor(month / 12), month % 12, 1));
}

export function firstDayText(month) {
  return `${monthText(month)}-01`;
}

export function lastDayText(month) {
  const last = new Date(firstInstant(month + 1).getTime() - 1);
  return last.toISOString().slice(0, 10);
}

// How the server is asked for the period that is shown.
export function periodParameters({ period, month, months }) {
  return period === ROLLING ? { period } : { month: monthText(month), periods: months };
}

const HALF_OF_IT_MS = 15 * 24 * 3_600_000;

// The month that has most of the 30 days before an instant.
export function monthOfMost(instant) {
  return parseMonth(new Date(Date.parse(instant) - HALF_OF_IT_MS).toISOString().slice(0, 7));
}
