// How numbers, times and measurements are written. Pure, except that times use the viewer's zone.
import type { Media } from './types';

export function frameRate(media: Media | null): number | null {
  if (!media?.fps) return null;
  const [over = NaN, under = 1] = String(media.fps).split('/').map(Number);
  const rate = over / under;
  return Number.isFinite(rate) && rate > 0 ? rate : null;
}

/** "24", "23.976" */
export function frameRateText(media: Media | null): string {
  const rate = frameRate(media);
  return rate === null ? '' : String(Math.round(rate * 1000) / 1000);
}

/** "01:05+12": minutes, seconds, frames of the rest; without a frame rate "01:05.5". */
export function durationText(media: Media | null): string {
  if (!media) return '';
  const rate = frameRate(media);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (media.frames !== null && media.frames !== undefined && rate !== null) {
    let seconds = Math.floor(media.frames / rate + 1e-9);
    let rest = Math.round(media.frames - seconds * rate);
    if (rest >= rate) {
      seconds += 1;
      rest = 0;
    }
    return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}+${two(rest)}`;
  }
  if (media.duration_seconds === null || media.duration_seconds === undefined) return '';
  const tenths = Math.round(media.duration_seconds * 10);
  return `${two(Math.floor(tenths / 600))}:${two(Math.floor(tenths / 10) % 60)}.${tenths % 10}`;
}

/** Gaps of a sequence as ranges: "7, 1010–1014". */
export function rangesText(media: Media | null): string {
  const one = ([first, last]: [number, number]): string =>
    first === last ? String(first) : `${first}–${last}`;
  return (media?.missing_frames ?? []).map(one).join(', ');
}

/** API times are UTC, with or without a zone at the end. */
export function parseTime(text: string | null | undefined): Date | null {
  if (!text) return null;
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(' ', 'T')}Z`;
  const time = new Date(zoned);
  return Number.isNaN(time.getTime()) ? null : time;
}

/** "10:32" today, "21 Nov 10:32" on other days. */
export function timeText(text: string | null | undefined, language: string, now: Date): string {
  const time = parseTime(text);
  if (!time) return '';
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
  const isToday = time.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(
    language,
    isToday ? clock : { day: 'numeric', month: 'short', ...clock },
  ).format(time);
}

/** Monday of the week of `day` as YYYYMMDD, in the viewer's zone. */
export function mondayOf(day: Date): string {
  const monday = new Date(day.getFullYear(), day.getMonth(), day.getDate());
  monday.setDate(monday.getDate() - ((monday.getDay() + 6) % 7));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${monday.getFullYear()}${two(monday.getMonth() + 1)}${two(monday.getDate())}`;
}

/** A real calendar day written YYYYMMDD. */
export function isDay(text: string): boolean {
  const match = /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(Date.UTC(year, month - 1, day));
  return (
    year >= 1 &&
    date.getUTCFullYear() === year &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day
  );
}

/** ISO 8601 week of a YYYYMMDD day: "2026-W01"; '' for anything else. */
export function yearWeekText(day: string): string {
  if (!isDay(day)) return '';
  const [year, month, date] = [day.slice(0, 4), day.slice(4, 6), day.slice(6)].map(Number);
  const thursday = new Date(Date.UTC(year!, month! - 1, date!));
  thursday.setUTCDate(thursday.getUTCDate() + 3 - ((thursday.getUTCDay() + 6) % 7));
  const newYear = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - newYear) / (7 * 86_400_000)) + 1;
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`;
}

/** "W01" of a YYYYMMDD day. */
export function weekText(day: string): string {
  return yearWeekText(day).slice(5);
}

export type FootageUnit = 'frames' | 'seconds' | 'time';

/** 1,420 · 59.17 · 00:59+04 */
export function footageText(frames: number, seconds: number, unit: FootageUnit): string {
  if (unit === 'frames') return frames.toLocaleString('en');
  if (unit === 'seconds') return seconds.toFixed(2);
  const rate = seconds > 0 ? frames / seconds : 24;
  let whole = Math.floor(seconds + 1e-6);
  let rest = Math.round(frames - whole * rate);
  if (rest >= Math.round(rate)) {
    whole += 1;
    rest = 0;
  }
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(whole / 60))}:${two(whole % 60)}+${two(Math.max(0, rest))}`;
}
