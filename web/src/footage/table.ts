// Footage as people read it: persons by weeks with sums, from the program's lines. Pure.
import type { FootageLine } from '../lib/types';

export interface Sum {
  readonly frames: number;
  readonly seconds: number;
}

export interface FootageCell extends Sum {
  readonly target: number | null;
}

export interface PersonRow {
  readonly animator: string;
  readonly cells: readonly (FootageCell | null)[];
  readonly total: Sum;
  /** Over the weeks in which there was something. */
  readonly average: Sum;
}

export interface FootageTable {
  /** ISO weeks in order; null = rows without a week, at the end. */
  readonly weeks: readonly (string | null)[];
  readonly people: readonly PersonRow[];
  readonly sums: readonly Sum[];
  readonly total: Sum;
  readonly frames_max: number;
}

const nothing: Sum = { frames: 0, seconds: 0 };

function plus(a: Sum, b: Sum): Sum {
  return { frames: a.frames + b.frames, seconds: a.seconds + b.seconds };
}

export function footageTable(lines: readonly FootageLine[]): FootageTable {
  const named = [...new Set(lines.map((line) => line.week).filter((week) => !!week))].sort();
  const weeks: (string | null)[] = [...(named as string[])];
  if (lines.some((line) => !line.week)) weeks.push(null);
  const places = new Map(weeks.map((week, index) => [week, index]));
  const names = [...new Set(lines.map((line) => line.animator ?? ''))].sort((a, b) =>
    a.localeCompare(b),
  );
  const people = names.map((animator): PersonRow => {
    const cells: (FootageCell | null)[] = weeks.map(() => null);
    for (const line of lines) {
      if ((line.animator ?? '') !== animator) continue;
      const { frames, seconds, target_frames: target } = line;
      cells[places.get(line.week || null)!] = { frames, seconds, target };
    }
    const total = cells.reduce<Sum>((sum, cell) => plus(sum, cell ?? nothing), nothing);
    const count = Math.max(1, cells.filter((cell) => cell && cell.frames > 0).length);
    const average = { frames: Math.round(total.frames / count), seconds: total.seconds / count };
    return { animator, cells, total, average };
  });
  const sums = weeks.map((_, index) =>
    people.reduce<Sum>((sum, person) => plus(sum, person.cells[index] ?? nothing), nothing),
  );
  const total = sums.reduce<Sum>(plus, nothing);
  const frames_max = Math.max(
    1,
    ...lines.flatMap((line) => [line.frames, line.target_frames ?? 0]),
  );
  return { weeks, people, sums, total, frames_max };
}

/** Below the person's target, or below what one looks for. */
export function isBelow(cell: FootageCell | null, below: number | null): boolean {
  const limit = below ?? cell?.target ?? null;
  return limit !== null && (cell?.frames ?? 0) < limit;
}

/** The rows of one number: what the shots' filter says. */
export function searchOf(animator: string, week: string | null): string {
  const quoted = animator.replaceAll('"', '');
  const when = week === null ? 'week=' : `week=${week}`;
  return `?${new URLSearchParams({ q: `animator="${quoted}" ${when}` })}`;
}
