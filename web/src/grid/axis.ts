// An axis of the grid: keys in the order in which they are shown. Rows and columns are always meant
// by key, never by index, so that a live change, a sort or a filter cannot move a selection.
// Pure: no DOM, no clock.

export type RowId = number;
export type ColumnKey = string;

export interface Cell {
  readonly row: RowId;
  readonly column: ColumnKey;
}

export class Axis<K> {
  #indexes: Map<K, number> | undefined; // made when it is first asked: not before rows are shown

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
    return this.#known.get(key) ?? -1;
  }

  has(key: K): boolean {
    return this.#known.has(key);
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
