/** Whom a notice is written for: the language it is in, and the clock its times are told by. */
import { DateTime, Duration, IANAZone } from 'luxon';
import type { DropWindow } from '../rules/tlds.ts';
import { DE } from './wording/de.ts';
import { EN } from './wording/en.ts';
import { REPORT_DE } from './wording/report-de.ts';
import { REPORT_EN } from './wording/report-en.ts';
import type { ReportWording } from './wording/report.ts';
import type { Wording } from './wording/wording.ts';

export interface Reader {
  words: Wording;
  report: ReportWording;
  zone: string;
  /** `18 April 2026, 20:00 CEST`; seconds only where there are any. */
  when(at: number): string;
  /** With milliseconds. */
  exactly(at: number): string;
  /** A whole number as the language groups it. */
  count(number: number): string;
  /** Ms while those are what counts, then `44 min 55.999 s`: nothing is rounded. */
  lasting(ms: number): string;
  day(at: number): string;
  /** `at …`, or `between … and …`. */
  period(window: Pick<DropWindow, 'earliest' | 'latest'>): string;
}

const LANGUAGES: ReadonlyMap<string, Pick<Reader, 'words' | 'report'>> = new Map([
  [EN.language, { words: EN, report: REPORT_EN }],
  [DE.language, { words: DE, report: REPORT_DE }],
]);

/** A tag nobody can read, or of a language we do not write: English. A zone this machine does not know: UTC. */
export function readerOf(customer: { locale?: string; time_zone?: string }): Reader {
  const tag = canonical(customer.locale);
  const known = LANGUAGES.get(new Intl.Locale(tag).language);
  const { words, report } = known ?? { words: EN, report: REPORT_EN };
  const language = known ? tag : EN.language;
  const zone = IANAZone.isValidZone(customer.time_zone ?? '') ? (customer.time_zone as string) : 'UTC';
  const instant = (at: number) => DateTime.fromMillis(at, { zone, locale: language });
  const when = (at: number) =>
    instant(at).toFormat(instant(at).second === 0 ? words.formats.minute : words.formats.second);
  return {
    words,
    report,
    zone,
    when,
    exactly: (at) => instant(at).toFormat(words.formats.second.replace('ss', 'ss.SSS')),
    count: (number) => new Intl.NumberFormat(language).format(number),
    lasting: (ms) => lasting(ms, (number) => new Intl.NumberFormat(language).format(number)),
    day: (at) => instant(at).toFormat(words.formats.day),
    period: ({ earliest, latest }) =>
      earliest === latest ? words.drop.at(when(earliest)) : words.drop.between(when(earliest), when(latest)),
  };
}

const IN_MS_BELOW = 10_000;

function lasting(ms: number, count: (number: number) => string): string {
  if (ms < IN_MS_BELOW) return `${count(ms)} ms`;
  const { hours, minutes, seconds, milliseconds } = Duration.fromMillis(ms).shiftTo(
    'hours',
    'minutes',
    'seconds',
    'milliseconds',
  );
  return [
    ...(hours > 0 ? [`${count(hours)} h`] : []),
    ...(hours + minutes > 0 ? [`${minutes} min`] : []),
    `${count(seconds + milliseconds / 1_000)} s`,
  ].join(' ');
}

function canonical(tag = EN.language): string {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? EN.language;
  } catch {
    return EN.language;
  }
}
