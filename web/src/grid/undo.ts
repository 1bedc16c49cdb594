// Undo and redo. One step is what one gesture did: a typed cell, a paste, a fill, deleted rows.
// Undoing is a new edit with the old values; a cell that somebody changed since keeps what they
// wrote and is named. Pure.
import type { ColumnKey, RowId } from './axis';

export interface CellChange {
  readonly row: RowId;
  readonly column: ColumnKey;
  readonly before: string;
  readonly after: string;
}

export interface Step {
  readonly changes: readonly CellChange[];
  readonly inserted: readonly RowId[];
  readonly deleted: readonly RowId[];
}

export interface UndoPlan {
  readonly step: Step;
  /** Cells that are not touched since they hold something else by now. */
  readonly kept: readonly CellChange[];
}

export const undo_steps_max = 200;

/** What must be done to take a step back, as a step of its own. */
export function inverse(step: Step): Step {
  return {
    changes: step.changes.map((change) => ({
      ...change,
      before: change.after,
      after: change.before,
    })),
    inserted: step.deleted,
    deleted: step.inserted,
  };
}

function isEmpty(step: Step): boolean {
  return step.changes.length + step.inserted.length + step.deleted.length === 0;
}

/** Splits a step into what can still be done and the cells that moved on since. */
function plan(step: Step, read: (row: RowId, column: ColumnKey) => string | undefined): UndoPlan {
  const kept = step.changes.filter((change) => read(change.row, change.column) !== change.before);
  const moved = new Set(kept);
  return {
    step: { ...step, changes: step.changes.filter((change) => !moved.has(change)) },
    kept,
  };
}

export class UndoStack {
  #done: Step[] = [];
  #undone: Step[] = [];

  get canUndo(): boolean {
    return this.#done.length > 0;
  }

  get canRedo(): boolean {
    return this.#undone.length > 0;
  }

  push(step: Step): void {
    if (isEmpty(step)) return;
    this.#done.push(step);
    if (this.#done.length > undo_steps_max) this.#done.shift();
    this.#undone = [];
  }

  /** Takes the newest step off; the caller applies `plan.step`. */
  undo(read: (row: RowId, column: ColumnKey) => string | undefined): UndoPlan | null {
    const step = this.#done.pop();
    if (!step) return null;
    const undone = plan(inverse(step), read);
    if (!isEmpty(undone.step)) this.#undone.push(undone.step);
    return undone;
  }

  redo(read: (row: RowId, column: ColumnKey) => string | undefined): UndoPlan | null {
    const step = this.#undone.pop();
    if (!step) return null;
    const redone = plan(inverse(step), read);
    if (!isEmpty(redone.step)) this.#done.push(redone.step);
    return redone;
  }

  /** A row got its final id. */
  renameRow(from: RowId, to: RowId): void {
    const rename = (row: RowId): RowId => (row === from ? to : row);
    const renamed = (step: Step): Step => ({
      changes: step.changes.map((change) => ({ ...change, row: rename(change.row) })),
      inserted: step.inserted.map(rename),
      deleted: step.deleted.map(rename),
    });
    this.#done = this.#done.map(renamed);
    this.#undone = this.#undone.map(renamed);
  }
}
