import fc from 'fast-check';
import { expect, test } from 'vitest';
import { footageTable, isBelow, searchOf } from '../../src/footage/table';
import { footageText, yearWeekText } from '../../src/lib/format';

const line = fc.record({
  animator: fc.constantFrom('Ana', 'Ben', 'Çelik'),
  week: fc.constantFrom('2025-W52', '2026-W01', '2026-W53', null),
  frames: fc.nat(10_000), seconds: fc.nat(1000), shots: fc.nat(9), rows: fc.nat(9),
  planned_shots: fc.nat(9), planned_frames: fc.nat(5000), target_frames: fc.option(fc.nat(5000)),
});
const lines = fc.uniqueArray(line, { selector: (one) => `${one.animator} ${one.week}` });

test('the sums of rows and of columns are the sum of all', () => {
  fc.assert(
    fc.property(lines, (all) => {
      const table = footageTable(all);
      const frames = all.reduce((sum, one) => sum + one.frames, 0);
      expect(table.total.frames).toBe(frames);
      expect(table.people.reduce((sum, one) => sum + one.total.frames, 0)).toBe(frames);
      expect([...table.weeks].slice(0, -1)).not.toContain(null);
    }),
  );
});

test('below: what one asks for goes before the target', () => {
  const cell = { frames: 100, seconds: 4, target: 200 };
  expect([isBelow(cell, null), isBelow(cell, 50), isBelow(null, 50)]).toEqual([true, false, true]);
  expect(isBelow({ ...cell, target: null }, null)).toBe(false);
});

test('a number leads to its shots', () => {
  expect(searchOf('Ana "A"', '2026-W01')).toBe('?q=animator%3D%22Ana+A%22+week%3D2026-W01');
});

test('weeks at the end of a year, and units', () => {
  expect(['20241230', '20260101', '20261231', '20210103'].map(yearWeekText)).toEqual([
    '2025-W01', '2026-W01', '2026-W53', '2020-W53',
  ]);
  expect(footageText(1465, 1465 / 24, 'time')).toBe('01:01+01');
  expect(footageText(1420, 59.1666, 'seconds')).toBe('59.17');
});
