import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Axis } from '../../src/grid/axis';
import { planFill, planFillWith, planPaste, readRange } from '../../src/grid/change';

const axes = { rows: new Axis([1, 2, 3, 4]), columns: new Axis(['a', 'b', 'c', 'm']) };
const writable = (column: string): boolean => column !== 'm';
const cell = (top: number, left: number, bottom = top, right = left) => ({ top, left, bottom, right });
const said = (writes: readonly { row: number; column: string; text: string }[]): string[] =>
  writes.map((write) => `${write.row}${write.column}=${write.text}`);

describe('paste', () => {
  test('a block goes where the range begins', () => {
    const plan = planPaste([['1', '2'], ['3', '4']], cell(1, 1), axes, writable);
    expect(said(plan.writes)).toEqual(['2b=1', '2c=2', '3b=3', '3c=4']);
    expect(plan.area).toEqual(cell(1, 1, 2, 2));
  });

  test('one value fills the range; a block that fits several times is tiled', () => {
    expect(said(planPaste([['x']], cell(0, 0, 1, 1), axes, writable).writes)).toEqual([
      '1a=x', '1b=x', '2a=x', '2b=x',
    ]);
    expect(said(planPaste([['x'], ['y']], cell(0, 0, 3, 0), axes, writable).writes)).toEqual([
      '1a=x', '2a=y', '3a=x', '4a=y',
    ]);
    // It does not fit three rows: once, as it is.
    expect(said(planPaste([['x'], ['y']], cell(0, 0, 2, 0), axes, writable).writes)).toEqual([
      '1a=x', '2a=y',
    ]);
  });

  test('past the end rows are asked for; nothing is dropped silently', () => {
    const plan = planPaste([['1', '2', '3'], ['4', '5', '6']], cell(3, 2), axes, writable);
    expect(said(plan.writes)).toEqual(['4c=1']);
    expect(plan.newRows).toEqual([{ c: '4' }]);
    expect(plan.outside).toBe(4); // two on the measured column, two past the last
  });

  test('every cell of a block is written, asked for or counted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 7 }),
        fc.nat(3),
        fc.nat(3),
        (block, top, left) => {
          const plan = planPaste(block, cell(top, left), axes, writable);
          const width = Math.max(...block.map((row) => row.length));
          const added = plan.newRows.flatMap((row) => Object.values(row));
          const full = block.flat().length;
          const texts = [...plan.writes.map((write) => write.text), ...added];
          expect(texts.filter((text) => text !== '').length + plan.outside).toBe(full);
          expect(texts.length).toBeLessThanOrEqual(block.length * width);
        },
      ),
    );
  });
});

describe('fill', () => {
  const read = (row: number, column: string): string => `${row}${column}`;

  test('Ctrl+D takes the first row of the range, or the row above a single one', () => {
    expect(said(planFill('down', cell(0, 0, 2, 1), axes, read, writable))).toEqual([
      '2a=1a', '2b=1b', '3a=1a', '3b=1b',
    ]);
    expect(said(planFill('down', cell(2, 1), axes, read, writable))).toEqual(['3b=2b']);
    expect(planFill('down', cell(0, 1), axes, read, writable)).toEqual([]);
  });

  test('Ctrl+R likewise to the right, never onto measured columns', () => {
    expect(said(planFill('right', cell(0, 1, 1, 3), axes, read, writable))).toEqual(['1c=1b', '2c=2b']);
  });

  test('Delete blanks what may be written', () => {
    expect(said(planFillWith('', cell(0, 2, 0, 3), axes, writable))).toEqual(['1c=']);
  });

  test('a range is read row by row', () => {
    expect(readRange(cell(0, 0, 1, 1), axes, read)).toEqual([['1a', '1b'], ['2a', '2b']]);
  });
});
