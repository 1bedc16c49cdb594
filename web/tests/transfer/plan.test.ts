import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Entry, cell_keys, cellsFrom } from '../../src/lib/types';
import { parseCsv } from '../../src/transfer/csv';
import { headRow, mappingOf, planImport, workOf } from '../../src/transfer/plan';

const entry = (id: number, cells: Record<string, string>): Entry => ({
  id, cells: cellsFrom(cells), version: id * 10, created_at: '', updated_at: '', extra: {}, media: null, doubts: [],
});
const heads = ['Episode', 'Scene', 'Shot', 'Status', 'Tracker ID', 'Budget'];
const known = [
  entry(1, { episode_title: 'E1', scene: '1', shot: '0010', status: 'wip' }),
  entry(2, { episode_title: 'E1', scene: '1', shot: '0020', status: 'wip' }),
];

test('headings are found below a title, in any writing', () => {
  expect(headRow([['My show'], [], ['EPISODE', 'scene', 'Shot #'], ['E1', '1', '0010']])).toBe(2);
  expect(headRow([['a', 'b'], ['c', 'd']])).toBe(-1);
  expect(mappingOf(heads)).toEqual(['episode_title', 'scene', 'shot', 'status', 'id', '']);
  expect(mappingOf(['Shot', 'Budget'], { budget: 'notes' })).toEqual(['shot', 'notes']);
});

test('new, changed cell by cell, unchanged, refused', () => {
  const rows = [
    ['E1', '1', '0010', 'done', '1'],
    ['E1', '1', '0020', 'wip', ''],
    ['E1', '1', '0030', 'wip', ''],
    ['E1', '', '0040', 'wip', ''],
    ['E1', '1', '0010', 'late', '1'],
    ['', '', '', '', ''],
  ];
  const plan = planImport(rows, [2, 3, 4, 5, 6, 7], mappingOf(heads), known);
  expect(plan.changed.map(({ row_number, cells }) => [row_number, cells])).toEqual([
    [2, [{ key: 'status', before: 'wip', after: 'done' }]],
  ]);
  expect(plan.created.map(({ row_number }) => row_number)).toEqual([4]);
  expect(plan.unchanged).toBe(1);
  expect(plan.refused.map(({ row_number, problem }) => [row_number, problem === 'twice'])).toEqual([
    [5, false], [6, true],
  ]);
  expect(workOf(plan)).toMatchObject({ change: [{ id: 1, version: 10, status: 'done' }] });
});

const word = fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => text.normalize('NFC').trim());

test('what stands in the entries comes back as no change, with or without ids', () => {
  const cells = fc.record(
    Object.fromEntries(cell_keys.map((key) => [key, key === 'week_yyyymmdd' ? fc.constantFrom('', '20260105') : word])),
  );
  fc.assert(
    fc.property(fc.array(cells, { minLength: 1, maxLength: 30 }), fc.boolean(), (rows, with_ids) => {
      const entries = rows.map((row, index) =>
        entry(index + 1, { ...row, scene: row['scene'] || 's', shot: row['shot'] || 'x' } as Record<string, string>),
      );
      const mapping = [...cell_keys, ...(with_ids ? (['id'] as const) : [])];
      const table = entries.map((one) => [...cell_keys.map((key) => one.cells[key]), String(one.id)]);
      const plan = planImport(table, table.map((_, index) => index + 2), mapping, entries);
      expect(plan.created).toEqual([]);
      expect(plan.changed).toEqual([]);
    }),
  );
});

test('csv as spreadsheet programs write it', () => {
  expect(parseCsv('\ufeffa;b\r\n"x;""y""\r\nz";0010\r\n')).toEqual([['a', 'b'], ['x;"y"\nz', '0010']]);
  expect(parseCsv('a,b\n1,')).toEqual([['a', 'b'], ['1', '']]);
});

test('csv: whatever is written is read', () => {
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const cell = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/\r\n?/g, '\n'));
  const table = fc
    .integer({ min: 2, max: 5 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1 }));
  fc.assert(
    fc.property(table, fc.constantFrom(',', ';', '\t'), (rows, separator) => {
      const text = rows.map((row) => row.map(quoted).join(separator)).join('\r\n');
      expect(parseCsv(text)).toEqual(rows);
    }),
  );
});
