// What the page knows about single cells besides the entry itself: a text that was typed here and
// is not settled, a conflict that Excel won, a flash for what just changed.
import type { CellKey, Conflict } from '../lib/types';

export type Mark =
  /** Typed here, not answered yet. */
  | { readonly kind: 'pending' }
  /** Answered a moment ago. */
  | { readonly kind: 'saved' }
  /** Somebody else changed it a moment ago. */
  | { readonly kind: 'live'; readonly author: string }
  /** The program would not take it: the text stands only here. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Somebody changed the cell while it was edited here: the text is mine, theirs is in force. */
  | { readonly kind: 'newer'; readonly theirs: string; readonly author: string }
  /** Excel's value won over one from the web. */
  | { readonly kind: 'overwritten'; readonly conflict: Conflict };

/** A text that the cell shows instead of the entry's own. */
export interface Overlay {
  readonly text: string;
  readonly mark: Mark;
  /** The write it belongs to; null when nothing is under way. */
  readonly job: number | null;
}

class CellMap<T> {
  #rows = new Map<number, Map<CellKey, T>>();

  get(row: number, column: CellKey): T | undefined {
    return this.#rows.get(row)?.get(column);
  }

  set(row: number, column: CellKey, value: T): void {
    const cells = this.#rows.get(row) ?? new Map<CellKey, T>();
    this.#rows.set(row, cells.set(column, value));
  }

  delete(row: number, column: CellKey): void {
    const cells = this.#rows.get(row);
    cells?.delete(column);
    if (cells?.size === 0) this.#rows.delete(row);
  }

  deleteRow(row: number): void {
    this.#rows.delete(row);
  }

  renameRow(from: number, to: number): void {
    const cells = this.#rows.get(from);
    this.#rows.delete(from);
    if (cells) this.#rows.set(to, cells);
  }

  rows(): number[] {
    return [...this.#rows.keys()];
  }
}

interface Flash {
  readonly row: number;
  readonly column: CellKey;
  readonly mark: Mark;
}

const flash_ms = 1600;

export class CellStates {
  #overlays = new CellMap<Overlay>();
  #flashes = new CellMap<Mark>();
  #conflicts = new CellMap<Conflict>();

  #fading: Flash[] | null = null; // those of this moment, which end together

  /** `faded` hears of rows whose flash is over. */
  constructor(private readonly faded: (rows: ReadonlySet<number>) => void) {}

  overlay(row: number, column: CellKey): Overlay | undefined {
    return this.#overlays.get(row, column);
  }

  lay(row: number, column: CellKey, overlay: Overlay): void {
    this.#overlays.set(row, column, overlay);
  }

  lift(row: number, column: CellKey): void {
    this.#overlays.delete(row, column);
  }

  /** What to show on a cell whose entry holds `settled`. */
  mark(row: number, column: CellKey, settled: string): Mark | null {
    const overlay = this.#overlays.get(row, column);
    if (overlay) return overlay.mark;
    const conflict = this.#conflicts.get(row, column);
    if (conflict && conflict.winning === settled) return { kind: 'overwritten', conflict };
    return this.#flashes.get(row, column) ?? null;
  }

  flash(row: number, column: CellKey, mark: Mark): void {
    this.#flashes.set(row, column, mark);
    if (!this.#fading) {
      const fading: Flash[] = (this.#fading = []);
      queueMicrotask(() => (this.#fading = null));
      setTimeout(() => this.#fade(fading), flash_ms);
    }
    this.#fading.push({ row, column, mark });
  }

  #fade(flashes: readonly Flash[]): void {
    const over = flashes.filter(({ row, column, mark }) => this.#flashes.get(row, column) === mark);
    for (const { row, column } of over) this.#flashes.delete(row, column);
    if (over.length > 0) this.faded(new Set(over.map(({ row }) => row)));
  }

  /** Newest first. Returns the rows that look different now. */
  setConflicts(conflicts: readonly Conflict[]): Set<number> {
    const rows = new Set(this.#conflicts.rows());
    this.#conflicts = new CellMap();
    for (const conflict of conflicts) {
      const { entry_id, field } = conflict;
      if (field === null || this.#conflicts.get(entry_id, field)) continue;
      this.#conflicts.set(entry_id, field, conflict);
      rows.add(entry_id);
    }
    return rows;
  }

  forgetRow(row: number): void {
    this.#overlays.deleteRow(row);
    this.#flashes.deleteRow(row);
  }

  renameRow(from: number, to: number): void {
    this.#overlays.renameRow(from, to);
    this.#flashes.renameRow(from, to);
  }
}
