// Who changed a cell last while this page was open: what undo tells about a cell that it leaves
// alone.
import type { CellKey, Change } from '../lib/types';

export interface Touch {
  readonly author: string;
  readonly at: string;
}

const cells_max = 20_000;

export class Touches {
  #cells = new Map<string, Touch>();

  note(row: number, column: CellKey, change: Change): void {
    const key = `${row} ${column}`;
    this.#cells.delete(key);
    this.#cells.set(key, { author: change.author, at: change.at });
    if (this.#cells.size > cells_max) this.#cells.delete(this.#cells.keys().next().value!);
  }

  of(row: number, column: string): Touch | undefined {
    return this.#cells.get(`${row} ${column}`);
  }
}
