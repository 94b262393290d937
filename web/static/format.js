// Numbers, dates and periods as this reader writes them.

import { firstInstant } from './months.js';

const locales = navigator.languages?.length ? [...navigator.languages] : undefined;
const date = (options) => new Intl.DateTimeFormat(locales, { timeZone: 'UTC', ...options });
const number = (options) => new Intl.NumberFormat(locales, options);

const wholeNumber = number({ maximumFractionDigits: 0 });
const tenthNumber = number({ minimumFractionDigits: 1, maximumFractionDigits: 1 });
const anyNumber = number({ maximumFractionDigits: 2 });
const shortNumber = number({ notation: 'compact', maximumFractionDigits: 1 });
const shareNumber = number({ style: 'percent', maximumFractionDigits: 1 });
const signedWhole = number({ maximumFractionDigits: 1, signDisplay: 'exceptZero' });
const signedPercent = number({ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' });
const longMonth = date({ month: 'long', year: 'numeric' });
const mediumMonth = date({ month: 'short', year: 'numeric' });
const shortMonth = date({ month: 'short' });
const yearOnly = date({ year: 'numeric' });
const longDay = date({ dateStyle: 'medium' });
const shortDay = date({ day: 'numeric', month: 'short' });
const minuteText = date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const secondText = date({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const instantText = date({ dateStyle: 'medium', timeStyle: 'short' });

// From here on as 1.2×10¹⁸: digits that nobody can take in, and that a double does not hold.
const SCIENTIFIC_FROM = 1e15;
const COMPACT_FROM = 1e12;
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

function large(value) {
  if (Math.abs(value) < SCIENTIFIC_FROM) {
    return shortNumber.format(value);
  }
  const [mantissa, exponent] = value.toExponential(1).split('e+');
  return `${anyNumber.format(mantissa)}×10${[...exponent].map((digit) => SUPERSCRIPTS[digit]).join('')}`;
}

export const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const singular = (plural) => plural.replace(/s$/, '');
// "an instance", "a user".
export const withArticle = (noun) => `${/^[aeio]/i.test(noun) ? 'an' : 'a'} ${noun}`;
// Of a name such as done_jobs.
export const words = (name) => name.replaceAll('_', ' ');

const plainOr = (formatter) => (value) => (Math.abs(value) >= COMPACT_FROM ? large(value) : formatter.format(value));
export const whole = plainOr(wholeNumber);
export const tenth = plainOr(tenthNumber);
export const short = (value) => (Math.abs(value) >= SCIENTIFIC_FROM ? large(value) : shortNumber.format(value));
// What is there is never 0 %.
const LEAST_SHARE = 0.001;
export function share(part, all) {
  if (all <= 0) {
    return '–';
  }
  return part > 0 && part / all < LEAST_SHARE / 2 ? `<${shareNumber.format(LEAST_SHARE)}`
    : shareNumber.format(part / all);
}
export const signed = (value) => (Math.abs(value) >= COMPACT_FROM ? `${value > 0 ? '+' : ''}${large(value)}` : signedWhole.format(value));
// Of a ratio: 0.025 is +2.5 %.
export const percentChange = (ratio) => signedPercent.format(ratio);

export const monthName = (month) => longMonth.format(firstInstant(month));
export const monthYear = (month) => mediumMonth.format(firstInstant(month));
export const day = (text) => longDay.format(new Date(`${text}T00:00:00Z`));
export const dayShort = (text) => shortDay.format(new Date(`${text}T00:00:00Z`));
// Of Unix seconds.
export const timeOfDay = (time, { seconds = false } = {}) => (seconds ? secondText : minuteText).format(time * 1000);
// Of "2026-03-07T12:00:00Z", to the minute, as it stands there: what is UTC stays UTC.
export const utcMinute = (text) => `${text.slice(0, 10)} ${text.slice(11, 16)}`;
export const instant = (text) => instantText.format(new Date(text));

// Labels of an axis of months: as many as have room, January among them, with its year below it.
export function monthTicks(months) {
  const every = months.length > 12 ? 3 : months.length > 6 ? 2 : 1;
  const labelled = (month) => (month % 12) % every === 0;
  const first = months.find(labelled);
  return months.map((month) => {
    const name = shortMonth.format(firstInstant(month));
    if (!labelled(month)) {
      return '';
    }
    return month === first || month % 12 === 0 ? [name, yearOnly.format(firstInstant(month))] : name;
  });
}

// From day to day, both "YYYY-MM-DD" and inclusive.
export const days = (from, to) => longDay.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${to}T00:00:00Z`));

// The `months` that end with `last`.
export function period(last, months) {
  return months === 1 ? monthName(last)
    : mediumMonth.formatRange(firstInstant(last - months + 1), firstInstant(last));
}

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB'];

export function bytes(value) {
  let unit = 0;
  let scaled = value;
  while (Math.abs(scaled) >= 1024 && unit < BINARY_UNITS.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? whole(scaled) : tenth(scaled)} ${BINARY_UNITS[unit]}`;
}

export const quantity = (value) => (Number.isInteger(value) ? whole(value) : plainOr(anyNumber)(value));

// "2 nodes" reads wrong with one of them. Names of units are plurals.
export function count(value, plural, one = singular(plural)) {
  return `${whole(value)} ${value === 1 ? one : plural}`;
}

// Orders "v1.10.0" after "v1.9.0", "10Gi" after "5Gi" and "1Ti" after "100Gi".
const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });
const SIZE = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti|Pi|k|M|G|T|P)?$/;
const SCALE = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50,
  k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15 };

function sizeOf(text) {
  const match = SIZE.exec(text);
  return match ? Number(match[1]) * (SCALE[match[2]] ?? 1) : null;
}

export function compareValues(a, b) {
  const [sizeA, sizeB] = [sizeOf(a), sizeOf(b)];
  return sizeA !== null && sizeB !== null ? sizeA - sizeB : collator.compare(a, b);
}
