// What is in sight of a grid that scrolls, and how far it must scroll. Pixels; pure.
import type { Axes, RowId } from './axis';

/** First and last row in sight, as indexes. */
export function rowsSeen(
  scroll_top: number,
  room: number,
  row_height: number,
  rows: number,
): [number, number] {
  const first = Math.floor(scroll_top / row_height);
  const last = Math.ceil((scroll_top + room) / row_height);
  return [Math.max(0, first), Math.min(rows - 1, last)];
}

/** A row that stays and should not move on the screen: the active one if seen, else the first. */
export function anchorRow(
  before: Axes,
  after: Axes,
  [first, last]: readonly [number, number],
  active: RowId | undefined,
): RowId | null {
  const index = active === undefined ? -1 : before.rows.indexOf(active);
  if (active !== undefined && index >= first && index <= last && after.rows.has(active)) {
    return active;
  }
  const seen = before.rows.keys.slice(first, last + 1);
  return seen.find((row) => after.rows.has(row)) ?? null;
}

/** The least scrolling that brings something into sight; what is too large shows its beginning. */
export function scrolled(from: number, room: number, begin: number, size: number): number {
  if (begin < from || size > room) return begin;
  return Math.max(from, begin + size - room);
}
