import { expect, test } from 'vitest';
import { Axis } from '../../src/grid/axis';
import { anchorRow, rowsSeen, scrolled } from '../../src/grid/sight';

const axes = (rows: number[]) => ({ rows: new Axis(rows), columns: new Axis(['a']) });

test('rows in sight, also half of one', () => {
  expect(rowsSeen(0, 280, 28, 100)).toEqual([0, 10]);
  expect(rowsSeen(30, 280, 28, 100)).toEqual([1, 12]);
  expect(rowsSeen(0, 280, 28, 3)).toEqual([0, 2]);
});

test('what should not move: the active row if it is seen, else the first that stays', () => {
  const before = axes([1, 2, 3, 4, 5]);
  expect(anchorRow(before, axes([5, 4, 3, 2, 1]), [1, 3], 3)).toBe(3);
  expect(anchorRow(before, axes([5, 4, 3, 1]), [1, 3], 1)).toBe(3);
  expect(anchorRow(before, axes([1, 5]), [1, 3], 2)).toBe(null);
  expect(anchorRow(axes([]), axes([1]), [0, -1], undefined)).toBe(null);
});

test('no further than needed', () => {
  expect(scrolled(100, 200, 150, 28)).toBe(100);
  expect(scrolled(100, 200, 50, 28)).toBe(50);
  expect(scrolled(100, 200, 290, 28)).toBe(118);
  expect(scrolled(100, 20, 150, 28)).toBe(150);
});
