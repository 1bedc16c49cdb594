import { expect, test } from 'vitest';
import { Axis } from '../../src/grid/axis';
import { moved } from '../../src/grid/moves';
import { selectCell } from '../../src/grid/selection';

const axes = { rows: new Axis([11, 12, 13, 14, 15]), columns: new Axis(['a', 'b', 'c']) };
const sight = { page_rows: 3, isBlank: () => false };
const here = selectCell({ row: 12, column: 'b' });

test('keys that move bring the moving end into sight, those that select a whole do not', () => {
  const down = moved({ do: 'page', direction: 'down', extend: false }, here, axes, sight);
  expect(down?.selection.active).toEqual({ row: 15, column: 'b' });
  expect(down?.isShown).toBe(true);
  const row = moved({ do: 'row' }, here, axes, sight);
  expect([row?.selection.anchor.column, row?.selection.focus.column]).toEqual(['a', 'c']);
  expect(row?.isShown).toBe(false);
});

test('what is no move is left to others', () => {
  for (const name of ['undo', 'clear', 'open', 'addRow'] as const) {
    expect(moved({ do: name }, here, axes, sight)).toBe(null);
  }
});
