import { expect, test } from 'vitest';
import { durationText, isDay, mondayOf, parseTime, rangesText, timeText, weekText } from '../../src/lib/format';
import { compose } from '../../src/lib/i18n';
import { en } from '../../src/locales/en';
import { en_screens } from '../../src/locales/en_screens';
import { pillOf } from '../../src/lib/sync_state';
import type { Media, SyncStatus } from '../../src/lib/types';

const locales = import.meta.glob<Record<string, Record<string, string>>>('../../src/locales/*.ts', {
  eager: true,
});

test('all languages have the same sentences, with the same places to fill', () => {
  const english: Record<string, string> = { ...en, ...en_screens };
  const others = Object.entries(locales)
    .map(([path, module]) => ({ path, words: Object.values(module)[0]! }))
    .filter(({ path }) => !path.includes('/en'));
  expect(others).toHaveLength(4);
  const places = (text: string): string => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();
  for (const { path, words } of others) {
    expect(Object.keys(words).sort(), path).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(words)) {
      expect(places(text), `${path} ${key}`).toBe(places(english[key]!));
    }
  }
});

test('what the grid and its surroundings say does not wait for the other screens’ words', () => {
  const sources = import.meta.glob<string>('../../src/**/*.{ts,svelte}', { eager: true, query: '?raw', import: 'default' });
  const late = /\/(quick|footage|media|transfer|settings|start|locales)\//;
  const early = /\/media\/(preview|Thumbnail)\./;
  for (const [path, text] of Object.entries(sources)) {
    if (late.test(path) && !early.test(path)) continue;
    const words = [...text.matchAll(/'([a-z]+_\w+)'|\bt\('(\w+)'/g)].map((found) => found[1] ?? found[2]!);
    const begins = [...text.matchAll(/`(\w+_)\$\{/g)].map(([, begin]) => begin!);
    const isSaid = (key: string): boolean => words.includes(key) || begins.some((begin) => key.startsWith(begin));
    expect(Object.keys(en_screens).filter(isSaid), path).toEqual([]);
  }
});

test('one and many', () => {
  expect(compose('{n} row|{n} rows', { n: 1 })).toBe('1 row');
  expect(compose('{n} row|{n} rows', { n: 0 })).toBe('0 rows');
  expect(compose('“{x}” {y}', { x: '$& {y}' })).toBe('“$& {y}” {y}');
});

const media = (over: Partial<Media>): Media => ({
  frames: null, fps: null, duration_seconds: null, missing_frames: [], problem: null, path: null,
  measured_at: null, ...over,
});

test('durations in minutes, seconds and frames', () => {
  expect(durationText(media({ frames: 142, fps: '24/1' }))).toBe('00:05+22');
  expect(durationText(media({ frames: 24, fps: '24/1' }))).toBe('00:01+00');
  expect(durationText(media({ frames: 1439, fps: '24000/1001' }))).toBe('01:00+00');
  expect(durationText(media({ frames: null, duration_seconds: 65.04 }))).toBe('01:05.0');
  expect(durationText(media({}))).toBe('');
  expect(rangesText(media({ missing_frames: [[7, 7], [1010, 1014]] }))).toBe('7, 1010–1014');
});

test('days and ISO weeks, also at the year’s end', () => {
  expect(isDay('20240229')).toBe(true);
  expect(isDay('20250229')).toBe(false);
  expect(weekText('20241230')).toBe('W01');
  expect(weekText('20260105')).toBe('W02');
  expect(weekText('20270101')).toBe('W53');
  expect(mondayOf(new Date(2026, 0, 11))).toBe('20260105');
  expect(parseTime('2026-01-05T10:00:00')?.toISOString()).toBe('2026-01-05T10:00:00.000Z');
});

test('the pill says the one thing that matters most', () => {
  const status: SyncStatus = {
    databaseEnabled: true, cloudSyncEnabled: true, environment: '', local: 'connected', lastSyncAt: 'x', pendingToWorkbook: 0,
  };
  const key = (over: Partial<SyncStatus>, more = {}): string =>
    pillOf({
      status: { ...status, ...over }, unsent: 0, isConnected: true, conflicts: 0, held: 0, time: (text) => text ?? '', ...more,
    }).key;
  expect(key({})).toBe('sync_in_sync');
  expect(key({ pendingToWorkbook: 3 })).toBe('sync_to_excel');
  expect(key({ workbookOpenBy: 'Anna', pendingToWorkbook: 5 })).toBe('sync_open_by');
  expect(key({ local: 'offline' })).toBe('sync_offline');
  expect(key({ local: 'offline', lastSyncAt: null })).toBe('sync_offline_plain');
  expect(key({}, { unsent: 3 })).toBe('sync_saving');
  expect(key({ local: 'offline' }, { conflicts: 2 })).toBe('sync_conflicts');
  expect(key({}, { isConnected: false, unsent: 4 })).toBe('sync_you_offline');
});

test('the pill’s words', () => {
  const said = (over: Partial<SyncStatus>, more = {}): string => {
    const status: SyncStatus = {
      databaseEnabled: true, cloudSyncEnabled: true, environment: '', local: 'connected', lastSyncAt: '09:10', equalAsOf: '10:32', ...over,
    };
    const pill = pillOf({
      status, unsent: 0, isConnected: true, conflicts: 0, held: 0, time: (text) => text ?? '', ...more,
    });
    return compose({ ...en, ...en_screens }[pill.key], pill.values);
  };
  expect(said({})).toBe('In sync 10:32'); // looked at, whenever the last change was
  const { more } = pillOf({
    status: { databaseEnabled: true, cloudSyncEnabled: true, environment: '', local: 'connected', lastSyncAt: '09:10', equalAsOf: '10:32' },
    unsent: 0, isConnected: true, conflicts: 0, held: 0, time: (text) => text ?? '',
  });
  expect(compose({ ...en, ...en_screens }[more!.key], more!.values)).toBe(
    'Both sides are the same, looked at 10:32. Last change: 09:10',
  );
  expect(said({}, { unsent: 3 })).toBe('Saving 3');
  expect(said({ workbookOpenBy: 'Anna', pendingToWorkbook: 5 })).toBe('Excel open by Anna: 5 waiting');
  expect(said({ local: 'offline' })).toBe('Studio offline since 09:10, nothing lost');
  expect(said({}, { conflicts: 2 })).toBe('2 conflicts');
  expect(said({}, { isConnected: false, unsent: 4 })).toBe('You are offline: 4 kept here');
});

test('times are in the viewer’s zone', () => {
  const now = new Date(2026, 0, 5, 18, 0);
  const shown = timeText(new Date(2026, 0, 5, 10, 32).toISOString(), 'en', now);
  expect(shown).toBe('10:32');
  expect(timeText(new Date(2026, 0, 5, 0, 5).toISOString(), 'en', now)).toBe('00:05');
  expect(timeText(new Date(2025, 10, 21, 10, 32).toISOString(), 'en', now)).toMatch(/21.*10:32/);
});
