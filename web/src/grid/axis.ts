// An axis of the grid: keys in the order in which they are shown. Rows and columns are always meant
// by key, never by index, so that a live change, a sort or a filter cannot move a selection.
// Pure: no DOM, no clock.

export type RowId = number;
export type ColumnKey = string;

export interface Cell {
  readonly row: RowId;
  readonly column: ColumnKey;
}

/** So many keys are looked through before the map of all is made. */
const near_max = 64;

export class Axis<K> {
  #indexes: Map<K, number> | undefined; // of 100,000 rows takes its time: not before rows are shown

  constructor(readonly keys: readonly K[]) {}

  get #known(): Map<K, number> {
    if (this.#indexes) return this.#indexes;
    const indexes = new Map<K, number>();
    this.keys.forEach((key, index) => indexes.set(key, index));
    return (this.#indexes = indexes);
  }

  get length(): number {
    return this.keys.length;
  }

  /** -1 for a key that is not shown. */
  indexOf(key: K): number {
    for (let i = 0; !this.#indexes && i < near_max && i < this.keys.length; ++i) {
      if (this.keys[i] === key) return i;
    }
    return this.#known.get(key) ?? -1;
  }

  has(key: K): boolean {
    return this.indexOf(key) >= 0;
  }

  /** The key at an index, which is clamped to the axis; nothing on an empty axis. */
  at(index: number): K | undefined {
    return this.keys[Math.max(0, Math.min(this.keys.length - 1, index))];
  }
}

export interface Axes {
  readonly rows: Axis<RowId>;
  readonly columns: Axis<ColumnKey>;
}

/** Indexes, both ends included. */
export interface Rectangle {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

export function heightOf(area: Rectangle): number {
  return area.bottom - area.top + 1;
}

export function widthOf(area: Rectangle): number {
  return area.right - area.left + 1;
}

export function contains(area: Rectangle, row: number, column: number): boolean {
  return row >= area.top && row <= area.bottom && column >= area.left && column <= area.right;
}
