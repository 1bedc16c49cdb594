import { expect, test } from 'vitest';
import { Others, initialsOf } from '../../src/lib/presence';

const place = (page: string, row: number | null, column: string | null = 'status') => ({
  page, name: 'Ben Ode', row, column, editing: false,
});

test('somebody moves, and leaves', () => {
  const others = new Others();
  expect([...others.hear(place('b', 4), 'me', 0)]).toEqual([4]);
  expect(others.at(4, 'status')?.name).toBe('Ben Ode');
  expect([...others.hear(place('b', 7), 'me', 1)].sort()).toEqual([4, 7]);
  expect(others.at(4, 'status')).toBeUndefined();
  others.hear(place('b', null, 'gone'), 'me', 2);
  expect(others.all).toEqual([]);
});

test('one does not see oneself, and forgets who is silent', () => {
  const others = new Others();
  expect(others.hear(place('me', 4), 'me', 0).size).toBe(0);
  others.hear(place('b', 4), 'me', 0);
  expect([...others.fade(44_000)]).toEqual([]);
  expect([...others.fade(46_000)]).toEqual([4]);
});

test('initials', () => {
  expect([initialsOf('Ana Duarte'), initialsOf('mia'), initialsOf('')]).toEqual(['AD', 'M', '']);
});
