import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arrangeRows, parseFilter, rowsMoved, sortRows } from '../../src/grid/arrange';

const known = {
  columns: new Map([['status', 'status'], ['week', 'week'], ['shot', 'shot']]),
  words: (column: string, word: string) =>
    column === 'week' && word === 'this' ? '20260105' : undefined,
};
const rows: Record<number, Record<string, string>> = {
  1: { status: 'wip', week: '20260105', shot: 'sh9', notes: 'Two Words' },
  2: { status: 'WIP 2', week: '20260112', shot: 'sh10', notes: '' },
  3: { status: 'done', week: '20260105', shot: '', notes: 'omit me' },
};
const read = (row: number, column: string): string => rows[row]![column]!;
const found = (filter: string): number[] =>
  arrangeRows([1, 2, 3], parseFilter(filter, known), null, ['status', 'week', 'shot', 'notes'], read);

describe('filter', () => {
  test('terms are "and", a minus is "not", letter case is free', () => {
    expect(found('')).toEqual([1, 2, 3]);
    expect(found('status=wip')).toEqual([1, 2]);
    expect(found('status="wip"')).toEqual([1]);
    expect(found('status=wip week=this')).toEqual([1]);
    expect(found('-omit')).toEqual([1, 2]);
    expect(found('"two words"')).toEqual([1]);
    expect(found('-status=wip')).toEqual([3]);
    expect(found('shot=')).toEqual([3]);
  });

  test('half-typed and odd text filters without a failure', () => {
    expect(found('status="wi')).toEqual([]);
    expect(found('sta')).toEqual([]);
    expect(found('-')).toEqual([1, 2, 3]);
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        for (const row of found(text)) expect([1, 2, 3]).toContain(row);
      }),
    );
  });
});

describe('sort', () => {
  test('numbers inside texts count as numbers; blanks come last both ways', () => {
    expect(sortRows([2, 3, 1], { column: 'shot', descending: false }, read)).toEqual([1, 2, 3]);
    expect(sortRows([3, 1, 2], { column: 'shot', descending: true }, read)).toEqual([2, 1, 3]);
  });

  test('how many rows moved: the fewest that explain the new order', () => {
    expect(rowsMoved([1, 2, 3, 4], [1, 2, 3, 4])).toBe(0);
    expect(rowsMoved([1, 2, 3, 4], [2, 3, 4, 1])).toBe(1);
    expect(rowsMoved([1, 2, 3], [1, 3])).toBe(1);
    expect(rowsMoved([1, 3], [1, 2, 3])).toBe(1);
    const order = fc.uniqueArray(fc.nat(20), { maxLength: 15 });
    fc.assert(
      fc.property(order, order, (shown, now) => {
        const moved = rowsMoved(shown, now);
        expect(moved === 0).toBe(JSON.stringify(shown) === JSON.stringify(now));
        expect(moved).toBeLessThanOrEqual(Math.max(shown.length, now.length));
      }),
    );
  });
});
