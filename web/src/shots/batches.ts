// Which rows one request added or deleted, and which cells it changed beside them. Taking that back
// as a whole is one request as well, and no mass change that would have to wait for a producer. Pure.

const batches_max = 500;

export interface WholeBatch {
  readonly batch: string;
  readonly rows: readonly number[];
  readonly cells: readonly string[];
}

export function cellName(row: number, column: string): string {
  return `${row} ${column}`;
}

export class Batches {
  #batches = new Map<string, WholeBatch>();

  /** `cells`: their cellName(). */
  note(
    batch: string | null | undefined,
    rows: readonly number[],
    cells: readonly string[] = [],
  ): void {
    if (!batch || rows.length === 0) return;
    this.#batches.set(batch, { batch, rows, cells });
    if (this.#batches.size > batches_max) this.#batches.delete(this.#batches.keys().next().value!);
  }

  /** Splits `rows` into batches that are in it as a whole, and the rest. */
  split(rows: readonly number[]): { whole: WholeBatch[]; rest: number[] } {
    const wanted = new Set(rows);
    const whole: WholeBatch[] = [];
    for (const one of this.#batches.values()) {
      const size = one.rows.length + one.cells.length;
      if (size < 2 || !one.rows.every((row) => wanted.has(row))) continue;
      whole.push(one);
      for (const row of one.rows) wanted.delete(row);
      this.#batches.delete(one.batch);
    }
    return { whole, rest: [...wanted] };
  }
}
