import { expect, test } from 'vitest';
import { Batches } from '../../src/shots/batches';

test('a batch is taken back as a whole, or its rows one by one', () => {
  const batches = new Batches();
  batches.note('a', [1, 2, 3]);
  batches.note('b', [4, 5]);
  batches.note(null, [6]);
  expect(batches.split([1, 2, 3, 4, 6])).toEqual({ whole: [{ batch: 'a', rows: [1, 2, 3], cells: [] }], rest: [4, 6] });
  expect(batches.split([1, 2, 3])).toEqual({ whole: [], rest: [1, 2, 3] });
  batches.note('c', [7], ['1 notes']);
  expect(batches.split([7]).whole).toEqual([{ batch: 'c', rows: [7], cells: ['1 notes'] }]);
});
