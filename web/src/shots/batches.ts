// Which rows one request added or deleted. Taking that back as a whole is one request as well, and
// no mass change that would have to wait for a producer. Pure.

const batches_max = 500;

export interface WholeBatch {
  readonly batch: string;
  readonly rows: readonly number[];
}

export class Batches {
  #rows = new Map<string, readonly number[]>();

  note(batch: string | null | undefined, rows: readonly number[]): void {
    if (!batch || rows.length === 0) return;
    this.#rows.set(batch, rows);
    if (this.#rows.size > batches_max) this.#rows.delete(this.#rows.keys().next().value!);
  }

  /** Splits `rows` into batches that are in it as a whole, and the rest. */
  split(rows: readonly number[]): { whole: WholeBatch[]; rest: number[] } {
    const wanted = new Set(rows);
    const whole: WholeBatch[] = [];
    for (const [batch, members] of this.#rows) {
      if (members.length < 2 || !members.every((row) => wanted.has(row))) continue;
      whole.push({ batch, rows: members });
      for (const row of members) wanted.delete(row);
      this.#rows.delete(batch);
    }
    return { whole, rest: [...wanted] };
  }
}
