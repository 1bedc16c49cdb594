import fc from 'fast-check';
import { expect, test } from 'vitest';
import { episodeTable, framesOf } from '../../src/footage/episodes';
import { type FootageUnit, footageText } from '../../src/lib/format';

const line = { project_type: 'Series', shots: 3, rows: 3, seconds: 10, frames: 240 };

test('a target goes before what the workbook plans; without both there is no difference', () => {
  const { rows, total } = episodeTable([
    { ...line, episode_title: 'E1', planned_shots: 2, planned_frames: 200, target_frames: 300 },
    { ...line, episode_title: 'E2', planned_shots: 3, planned_frames: 200, target_frames: null },
    { ...line, episode_title: 'E3', planned_shots: 0, planned_frames: 0, target_frames: null },
  ]);
  expect(rows.map((row) => [row.planned, row.target, row.aim, row.difference])).toEqual([
    [200, 300, 300, -60],
    [200, null, 200, 40],
    [null, null, null, null],
  ]);
  expect([total.frames, total.aim, total.difference, total.shots]).toEqual([720, 500, -20, 9]);
});

test('lengths as people write them', () => {
  const of = (text: string, unit: FootageUnit): number | null => framesOf(text, unit, 24);
  expect(of('11:00', 'time')).toBe(15_840);
  expect(of('1:02+12', 'frames')).toBe(1500);
  expect(of('1,440', 'frames')).toBe(1440);
  expect(of('90.5', 'seconds')).toBe(2172);
  expect(of(' ', 'time')).toBe(0);
  expect([of('11', 'time'), of('eleven', 'frames'), of('1:75', 'time')]).toEqual([null, null, null]);
});

test('what is shown reads back as the same number of frames', () => {
  const rates = fc.constantFrom(12, 24, 25, 30);
  fc.assert(
    fc.property(fc.nat(1_000_000), rates, fc.constantFrom('time', 'frames'), (frames, rate, unit) => {
      const shown = footageText(frames, frames / rate, unit as FootageUnit);
      expect(framesOf(shown, unit as FootageUnit, rate)).toBe(frames);
    }),
  );
});
