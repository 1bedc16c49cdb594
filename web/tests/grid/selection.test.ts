import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Axes, Axis } from '../../src/grid/axis';
import {
  type Selection,
  enter,
  extendTo,
  jump,
  move,
  moveBy,
  moveToEdge,
  rectangleOf,
  renameRow,
  rowsIn,
  selectAll,
  selectCell,
  selectColumns,
  selectRows,
  settle,
  tab,
} from '../../src/grid/selection';

const axes = (rows: number[], columns = ['a', 'b', 'c']): Axes => ({
  rows: new Axis(rows),
  columns: new Axis(columns),
});
const at = (row: number, column: string): Selection => selectCell({ row, column });
const five = axes([11, 12, 13, 14, 15]);

describe('moving', () => {
  test('arrows stop at the edges', () => {
    expect(move(at(11, 'a'), five, 'up', false)).toEqual(at(11, 'a'));
    expect(move(at(11, 'a'), five, 'down', false)).toEqual(at(12, 'a'));
    expect(move(at(15, 'c'), five, 'right', false)).toEqual(at(15, 'c'));
    expect(moveBy(at(12, 'b'), five, 100, 0, false)).toEqual(at(15, 'b'));
  });

  test('with Shift the range grows from where it began, the active cell stays', () => {
    const grown = move(move(at(12, 'b'), five, 'down', true), five, 'left', true);
    expect(grown.active).toEqual({ row: 12, column: 'b' });
    expect(rectangleOf(grown, five)).toEqual({ top: 1, bottom: 2, left: 0, right: 1 });
    expect(rowsIn(rectangleOf(grown, five), five)).toEqual([12, 13]);
  });

  test('Ctrl+arrow goes to the end of the block, then to the next one, then to the edge', () => {
    const filled = new Set([11, 12, 14]);
    const isBlank = ({ row }: { row: number }): boolean => !filled.has(row);
    const down = (from: number): number =>
      jump(at(from, 'a'), five, 'down', false, isBlank).active.row;
    expect([down(11), down(12), down(14), down(15)]).toEqual([12, 14, 15, 15]);
  });

  test('Home, End, Ctrl+Home, Ctrl+End', () => {
    expect(moveToEdge(at(13, 'b'), five, 'start', false, false)).toEqual(at(13, 'a'));
    expect(moveToEdge(at(13, 'b'), five, 'end', false, false)).toEqual(at(13, 'c'));
    expect(moveToEdge(at(13, 'b'), five, 'start', true, false)).toEqual(at(11, 'a'));
    expect(moveToEdge(at(13, 'b'), five, 'end', true, false)).toEqual(at(15, 'c'));
  });

  test('Enter after a run of Tabs goes back to the column where the run began', () => {
    const typed = tab(tab(at(11, 'a'), five, false), five, false);
    expect(typed.active).toEqual({ row: 11, column: 'c' });
    expect(enter(typed, five, false).active).toEqual({ row: 12, column: 'a' });
  });

  test('Tab and Enter walk inside a range and leave it selected', () => {
    const range = extendTo(at(12, 'a'), { row: 13, column: 'b' });
    const walked = [0, 1, 2, 3].reduce<Selection[]>(
      (all) => [...all, tab(all.at(-1)!, five, false)],
      [range],
    );
    expect(walked.map(({ active }) => `${active.row}${active.column}`)).toEqual([
      '12a', '12b', '13a', '13b', '12a',
    ]);
    expect(enter(range, five, false).active).toEqual({ row: 13, column: 'a' });
    expect(enter(range, five, true).active).toEqual({ row: 13, column: 'b' });
    expect(rectangleOf(walked[3]!, five)).toEqual(rectangleOf(range, five));
  });

  test('whole rows, columns, everything', () => {
    const { active } = at(12, 'b');
    expect(rectangleOf(selectRows(five, 12, 14, active), five)).toEqual({ top: 1, bottom: 3, left: 0, right: 2 });
    expect(rectangleOf(selectColumns(five, 'b', 'c', active), five)).toEqual({ top: 0, bottom: 4, left: 1, right: 2 });
    expect(rectangleOf(selectAll(five, active), five)).toEqual({ top: 0, bottom: 4, left: 0, right: 2 });
  });
});

describe('live changes', () => {
  test('rows that come, go or move elsewhere leave the selection alone', () => {
    const range = extendTo(at(12, 'a'), { row: 14, column: 'b' });
    expect(settle(range, five, axes([15, 14, 99, 12, 11]))).toBe(range);
  });

  test('when the active row goes, the next one below takes its place', () => {
    expect(settle(at(13, 'b'), five, axes([11, 12, 15]))).toEqual(at(15, 'b'));
    expect(settle(at(15, 'b'), five, axes([11, 12]))).toEqual(at(12, 'b'));
    expect(settle(at(15, 'b'), five, axes([]))).toBeNull();
    expect(settle(null, axes([]), five)).toEqual(at(11, 'a'));
  });

  test('a new row that gets its id stays selected', () => {
    expect(renameRow(at(-1, 'b'), -1, 77)).toEqual(at(77, 'b'));
  });

  test('whatever happens to the rows, what is selected is shown', () => {
    const rows = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 10 });
    fc.assert(
      fc.property(rows, rows, fc.nat(), fc.nat(), (before, after, one, two) => {
        const old = axes(before);
        const pick = (n: number): number => before[n % before.length]!;
        const selection =
          before.length === 0 ? null : extendTo(at(pick(one), 'a'), { row: pick(two), column: 'c' });
        const now = axes(after);
        const settled = settle(selection, old, now);
        expect(settled === null).toBe(after.length === 0);
        for (const cell of settled ? [settled.active, settled.anchor, settled.focus] : []) {
          expect(now.rows.has(cell.row)).toBe(true);
        }
        if (selection && now.rows.has(selection.active.row)) {
          expect(settled?.active).toEqual(selection.active);
        }
      }),
    );
  });
});
