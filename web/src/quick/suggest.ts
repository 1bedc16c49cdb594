// Quick entry: what a person probably enters next, from what was entered before. Pure.
import { type CellKey, type Cells, type Entry, cell_keys } from '../lib/types';

/**
 * "sh0090" -> "sh0100" where the shots of the scene go by tens, else the next number; on from there
 * while such a shot is there already.
 */
export function nextShot(shot: string, others: readonly string[]): string {
  const match = /^(.*?)(\d+)(\D*)$/.exec(shot);
  if (!match) return shot;
  const [, begin = '', digits = '', end = ''] = match;
  const number = Number(digits);
  const numbers = others
    .map((one) => /^(.*?)(\d+)(\D*)$/.exec(one))
    .filter((one) => one !== null && one[1] === begin && one[3] === end)
    .map((one) => Number(one![2]))
    .concat(number);
  // One shot alone says nothing: the list may hold the very shot that was just entered.
  const byTens = new Set(numbers).size > 1 && numbers.every((one) => one % 10 === 0);
  const step = byTens ? 10 : 1;
  let next = number + step;
  while (numbers.includes(next)) next += step;
  return `${begin}${String(next).padStart(digits.length, '0')}${end}`;
}

/** The person's newest row, else the newest of all. */
export function lastOf(entries: readonly Entry[], names: readonly string[]): Entry | null {
  const newest = (list: readonly Entry[]): Entry | null =>
    list.reduce<Entry | null>((best, one) => {
      if (!best) return one;
      const later = one.created_at === best.created_at ? one.id > best.id : one.created_at > best.created_at;
      return later ? one : best;
    }, null);
  return newest(entries.filter((one) => names.includes(one.cells.animator))) ?? newest(entries);
}

/** "Same as last, next shot". */
export function nextRow(
  last: Cells | null,
  name: string,
  week: string,
  shots: readonly string[],
): Cells {
  const cells = Object.fromEntries(cell_keys.map((key) => [key, ''])) as Cells;
  cells.animator = name;
  cells.week_yyyymmdd = week;
  if (!last) return cells;
  for (const key of ['project_type', 'episode_title', 'scene', 'status'] as CellKey[]) {
    cells[key] = last[key];
  }
  cells.shot = nextShot(last.shot, shots);
  return cells;
}

/** The values that a column holds most, at most `count`. */
export function frequent(entries: readonly Entry[], key: CellKey, count: number): string[] {
  const counts = new Map<string, number>();
  for (const { cells } of entries) {
    if (cells[key] !== '') counts.set(cells[key], (counts.get(cells[key]) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, count)
    .map(([text]) => text);
}
