import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Step, UndoStack } from '../../src/grid/undo';

/** A sheet of one column that the stack's plans are applied to. */
class Sheet {
  cells = new Map<number, string>();
  stack = new UndoStack();
  read = (row: number): string | undefined => this.cells.get(row) ?? '';

  type(row: number, after: string): void {
    const before = this.read(row)!;
    this.cells.set(row, after);
    this.stack.push({ changes: [{ row, column: 'a', before, after }], inserted: [], deleted: [] });
  }

  apply(step: Step | undefined): void {
    for (const change of step?.changes ?? []) this.cells.set(change.row, change.after);
  }

  state(): string {
    return JSON.stringify([...this.cells].filter(([, text]) => text !== '').sort((a, b) => a[0] - b[0]));
  }
}

test('all undone is as it was; all redone is as it became', () => {
  const edit = fc.tuple(fc.nat(4), fc.string({ minLength: 1, maxLength: 3 }));
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 30 }), (edits) => {
      const sheet = new Sheet();
      for (const [row, text] of edits) if (sheet.read(row) !== text) sheet.type(row, text);
      const end = sheet.state();
      while (sheet.stack.canUndo) sheet.apply(sheet.stack.undo(sheet.read)?.step);
      expect(sheet.state()).toBe('[]');
      while (sheet.stack.canRedo) sheet.apply(sheet.stack.redo(sheet.read)?.step);
      expect(sheet.state()).toBe(end);
    }),
  );
});

test('a cell that somebody changed since is left alone and named', () => {
  const sheet = new Sheet();
  sheet.stack.push({
    changes: [
      { row: 1, column: 'a', before: 'old', after: 'mine' },
      { row: 2, column: 'a', before: 'old', after: 'mine' },
    ],
    inserted: [],
    deleted: [],
  });
  sheet.cells.set(1, 'theirs').set(2, 'mine');
  const plan = sheet.stack.undo(sheet.read)!;
  expect(plan.step.changes).toEqual([{ row: 2, column: 'a', before: 'mine', after: 'old' }]);
  expect(plan.kept.map((change) => change.row)).toEqual([1]);
});

test('added rows go away, deleted rows come back, and follow their final ids', () => {
  const stack = new UndoStack();
  stack.push({ changes: [], inserted: [-1], deleted: [7] });
  stack.renameRow(-1, 40);
  const undone = stack.undo(() => undefined)!.step;
  expect(undone).toEqual({ changes: [], inserted: [7], deleted: [40] });
  expect(stack.redo(() => undefined)!.step).toEqual({ changes: [], inserted: [40], deleted: [7] });
});

test('a new edit ends what could be redone', () => {
  const sheet = new Sheet();
  sheet.type(1, 'a');
  sheet.apply(sheet.stack.undo(sheet.read)?.step);
  sheet.type(1, 'b');
  expect(sheet.stack.canRedo).toBe(false);
});
