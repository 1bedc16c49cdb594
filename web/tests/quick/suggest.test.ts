import { expect, test } from 'vitest';
import { nextRow, nextShot } from '../../src/quick/suggest';
import { cellsFrom } from '../../src/lib/types';

test('the next shot follows the habit of the scene and keeps its zeros', () => {
  expect(nextShot('0090', ['0080', '0090'])).toBe('0100');
  expect(nextShot('sh009', ['sh007', 'sh008'])).toBe('sh010');
  expect(nextShot('7b', [])).toBe('8b');
  expect(nextShot('final', ['x'])).toBe('final');
  expect(nextShot('SH0020', ['SH0010', 'SH0020', 'SH0030'])).toBe('SH0040'); // that is there already
  expect(nextShot('0010', ['0010'])).toBe('0011'); // the list holds what was just entered
});

test('same as last, for me and this week; notes are not taken over', () => {
  const last = cellsFrom({ animator: 'Ben', episode_title: 'E1', scene: '2', shot: '0010', status: 'wip', notes: 'x' });
  expect(nextRow(last, 'Ana', '20260105', ['0007', '0010'])).toMatchObject({
    animator: 'Ana', episode_title: 'E1', scene: '2', shot: '0011', week_yyyymmdd: '20260105', notes: '',
  });
});
