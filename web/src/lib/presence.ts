// Who is at which cell: told to the others when a person moves, at most so often, and again now and
// then; forgotten when somebody is not heard of any more. Times are given, so that tests need none.
import type { Place } from './types';

const heard_ms_max = 45_000;
const colours = 6;

export function colourOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)!) % 997;
  return sum % colours;
}

/** "Ana Duarte" -> "AD" */
export function initialsOf(name: string): string {
  const parts = name.trim().split(/\s+/);
  return parts.map((part) => [...part][0] ?? '').slice(0, 2).join('').toUpperCase();
}

export class Others {
  #places = new Map<string, { place: Place; heard_ms: number }>();

  /** `own`: the page that this is. Returns the rows that look different now. */
  hear(place: Place, own: string, now_ms: number): Set<number> {
    const rows = new Set<number>();
    if (place.page === own || place.page === '') return rows;
    const before = this.#places.get(place.page)?.place;
    if (typeof before?.row === 'number') rows.add(before.row);
    if (place.row === null && place.column === 'gone') this.#places.delete(place.page);
    else this.#places.set(place.page, { place, heard_ms: now_ms });
    if (place.row !== null) rows.add(place.row);
    return rows;
  }

  /** Forgets who is silent for long. */
  fade(now_ms: number): Set<number> {
    const rows = new Set<number>();
    for (const [page, { place, heard_ms }] of this.#places) {
      if (now_ms - heard_ms < heard_ms_max) continue;
      this.#places.delete(page);
      if (place.row !== null) rows.add(place.row);
    }
    return rows;
  }

  at(row: number, column: string): Place | undefined {
    for (const { place } of this.#places.values()) {
      if (place.row === row && place.column === column) return place;
    }
    return undefined;
  }

  get all(): Place[] {
    return [...this.#places.values()].map(({ place }) => place);
  }
}
