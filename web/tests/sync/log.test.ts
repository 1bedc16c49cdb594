import { expect, test } from 'vitest';
import type { LoggedChange, LogLine } from '../../src/lib/types';
import { logText } from '../../src/sync/log';

const said = (over: Partial<LogLine>): string =>
  logText(
    { id: 1, sync_type: 'excel_to_cloud', action: 'push', status: 'success', error_message: null, created_at: '', ...over },
    (id) => `row ${id}`,
  );

test('a line says which row, column and value came from the workbook', () => {
  const changes: LoggedChange[] = [
    { op: 'edit', name: 'Ep · 1 · 2', field: 'status', value: 'done' },
    { op: 'insert', name: 'Ep · 1 · 3' },
    { op: 'media', name: 'Ep · 1 · 4' },
  ];
  expect(said({ data_snapshot: { changes, more: 7 } })).toBe(
    'Taken from the workbook: Ep · 1 · 2, Status: “done”; Ep · 1 · 3, added the row; Ep · 1 · 4, new measurement; and 7 more',
  );
});

test('lines of an older program have less to say', () => {
  expect(said({ data_snapshot: { more: 0 } })).toBe('Taken from the workbook');
  expect(said({ data_snapshot: null })).toBe('Taken from the workbook');
});

test('what was overwritten and what was refused, and why', () => {
  const lost = { entry_id: 4, field: 'notes', winning: 'a', losing: 'b' };
  expect(said({ sync_type: 'conflict', action: 'edit', data_snapshot: lost, error_message: 'overwrote' })).toBe(
    'Overwritten: row 4, Notes: “b” → “a”',
  );
  const op = { id: 4, column: 'week_yyyymmdd', new: 'soon' };
  expect(said({ action: 'refuse', error_message: 'is no day', data_snapshot: { op } })).toBe(
    'Not taken from the workbook: row 4, Week: “soon”; is no day',
  );
});

test('a decision about held changes only counts them', () => {
  expect(said({ sync_type: 'held', action: 'reject', data_snapshot: { changes: 12 } })).not.toContain('12');
});

test('what another program wrote stands as it is', () => {
  expect(said({ sync_type: 'nightly', action: 'check', error_message: 'late' })).toBe('nightly check success late');
});
