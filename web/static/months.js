// Calendar months as whole numbers, counted from January of the year 0, and how many a period has.

export const PERIODS = { month: 1, quarter: 3, year: 12 };

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
