import { expect, test } from 'vitest';
import { cellsFrom, type Doubt, type Media, newEntry } from '../../src/lib/types';
import { claimText } from '../../src/shots/paint';

const look = { isDone: (status: string) => status === 'done' };
const media: Media = {
  frames: 48, fps: '25/1', duration_seconds: 1.92, missing_frames: [[7, 7], [10, 14]], problem: 'odd', path: 'a.mp4', measured_at: null,
};
const said = (doubts: Doubt[], over: Partial<Media> | null = {}, status = 'done'): string => {
  const entry = newEntry(1, cellsFrom({ status }));
  return claimText({ ...entry, doubts, media: over === null ? null : { ...media, ...over } }, look);
};

test('each thing that speaks against finished has its own reason', () => {
  expect(said(['no_file'], null)).toBe('no file was delivered');
  expect(said(['older_than_retake', 'gaps'])).toBe('the file is older than the last retake');
  expect(said(['empty'])).toBe('the file is empty');
  expect(said(['gaps'])).toBe('6 frames missing');
  expect(said(['wrong_rate'], { problem: null })).toContain('25 frames a second');
  expect(said(['problem'])).toBe('odd');
});

test('nothing speaks against what is whole, or is not called finished', () => {
  expect(said([], { problem: null })).toBe('');
  expect(said(['gaps'], {}, 'wip')).toBe('');
});
