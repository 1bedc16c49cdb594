import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shot_columns } from '../../src/shots/columns';
import {
  columnsOf, defaultLayout, headWidth, moved, parseLayout, resized, shifted, toggled,
} from '../../src/shots/layout';

const start = defaultLayout(false, false);
const shown = (layout: typeof start): string[] =>
  columnsOf(layout, shot_columns).map((column) => column.key);

test('a moved column takes the place of the other, in both directions', () => {
  expect(shown(moved(start, 'status', 'animator'))[0]).toBe('status');
  expect(shown(moved(start, 'animator', 'status')).indexOf('animator')).toBe(6);
  expect(shown(shifted(toggled(start, 'shot'), 'scene', 1)).slice(3, 5)).toEqual([
    'week_yyyymmdd', 'scene',
  ]);
});

test('hidden columns come back where they were; one always stays', () => {
  const hidden = toggled(start, 'scene');
  expect(shown(hidden)).not.toContain('scene');
  expect(shown(toggled(hidden, 'scene'))).toEqual(shown(start));
  let layout = start;
  for (const key of start.order) layout = toggled(layout, key);
  expect(shown(layout)).toHaveLength(1);
});

test('the row’s head has room for its number and, where there is room, for its picture', () => {
  expect(headWidth(defaultLayout(true, true), 61)).toBe(48);
  expect(headWidth(defaultLayout(true, true), 100_000)).toBeGreaterThan(48);
  const plain = { ...start, pictures: false };
  expect(headWidth(start, 61) - headWidth(plain, 61)).toBeGreaterThan(40);
  expect(headWidth({ ...start, row_height: 64 }, 61)).toBeGreaterThan(headWidth(start, 61));
});

test('widths have bounds', () => {
  expect(columnsOf(resized(start, 'shot', -5), shot_columns)[4]!.width).toBe(40);
});

test('whatever was stored, every column is there once and can be shown', () => {
  const part = fc.oneof(fc.constantFrom(...start.order), fc.string());
  const stored = fc.oneof(
    fc.anything(),
    fc.record({
      order: fc.array(part), hidden: fc.array(part), widths: fc.dictionary(part, fc.integer()),
      row_height: fc.anything(), pictures: fc.anything(),
    }),
  );
  fc.assert(
    fc.property(stored, (json) => {
      const layout = parseLayout(json, start);
      expect([...layout.order].sort()).toEqual([...start.order].sort());
      expect(shown(layout).length).toBeGreaterThan(0);
      expect(parseLayout(JSON.parse(JSON.stringify(layout)), start)).toEqual(layout);
    }),
  );
});
