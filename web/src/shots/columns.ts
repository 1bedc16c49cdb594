// The columns of the Shots grid, and the rules of an entry's fields as the program has them, so
// that most mistakes show at once and a pasted block is not refused as a whole for one cell. Pure.
import { durationText, frameRateText, isDay, rangesText } from '../lib/format';
import type { Key } from '../lib/i18n';
import type { CellKey, Entry } from '../lib/types';

export type MeasuredKey = 'duration' | 'frames' | 'fps' | 'media';
export type ShotColumnKey = CellKey | MeasuredKey;

export interface ShotColumn {
  readonly key: ShotColumnKey;
  readonly title: Key;
  readonly width: number;
  readonly writable: boolean;
  /** Stays in sight when the grid is scrolled sideways. */
  readonly sticky?: boolean;
  readonly align?: 'end';
  /** Values that stand in this column already are offered while typing. */
  readonly suggest?: boolean;
}

// The first eight in the order of the workbook's template: a block copied there lands here rightly.
export const shot_columns: readonly ShotColumn[] = [
  { key: 'animator', title: 'column_animator', width: 112, writable: true, suggest: true },
  { key: 'project_type', title: 'column_project_type', width: 76, writable: true, suggest: true },
  { key: 'episode_title', title: 'column_episode', width: 150, writable: true, suggest: true },
  { key: 'scene', title: 'column_scene', width: 76, writable: true, sticky: true },
  { key: 'shot', title: 'column_shot', width: 84, writable: true, sticky: true },
  { key: 'week_yyyymmdd', title: 'column_week', width: 130, writable: true },
  { key: 'status', title: 'column_status', width: 124, writable: true, suggest: true },
  { key: 'notes', title: 'column_notes', width: 142, writable: true },
  { key: 'duration', title: 'column_duration', width: 92, writable: false, align: 'end' },
  { key: 'frames', title: 'column_frames', width: 76, writable: false, align: 'end' },
  { key: 'fps', title: 'column_fps', width: 72, writable: false, align: 'end' },
  { key: 'media', title: 'column_media', width: 112, writable: false },
];

/** On a narrow screen what names the shot and what changes most comes first. */
export function columnsFor(isNarrow: boolean): readonly ShotColumn[] {
  if (!isNarrow) return shot_columns;
  const first: ShotColumnKey[] = ['scene', 'shot', 'status', 'week_yyyymmdd', 'duration'];
  const place = (column: ShotColumn): number =>
    first.includes(column.key) ? first.indexOf(column.key) : first.length;
  return [...shot_columns].sort((a, b) => place(a) - place(b));
}

const measured: Record<MeasuredKey, (entry: Entry) => string> = {
  duration: (entry) => durationText(entry.media),
  frames: (entry) => String(entry.media?.frames ?? ''),
  fps: (entry) => frameRateText(entry.media),
  media: (entry) => {
    const missing = rangesText(entry.media);
    return [entry.media?.problem ?? '', missing].filter((part) => part !== '').join('; ');
  },
};

export function isMeasured(key: string): key is MeasuredKey {
  return key in measured;
}

export function textOf(entry: Entry, key: ShotColumnKey): string {
  return isMeasured(key) ? measured[key](entry) : entry.cells[key];
}

export interface Rule {
  readonly length_max: number;
  readonly required?: boolean;
}

export const rules: Readonly<Record<CellKey, Rule>> = {
  animator: { length_max: 100 },
  project_type: { length_max: 20 },
  episode_title: { length_max: 200 },
  scene: { length_max: 50, required: true },
  shot: { length_max: 50, required: true },
  week_yyyymmdd: { length_max: 8 },
  status: { length_max: 20 },
  notes: { length_max: 10_000 },
};

/** The form in which the program keeps a text: NFC, LF, no blanks around it. */
export function canonical(key: CellKey, text: string): string {
  const kept = text.normalize('NFC').replace(/\r\n?/g, '\n').trim();
  if (key !== 'week_yyyymmdd') return kept;
  const dashed = /^(\d{4})[-/.](\d\d)[-/.](\d\d)$/.exec(kept);
  return dashed ? dashed.slice(1).join('') : kept;
}

export interface Problem {
  readonly key: Key;
  readonly values: Record<string, string | number>;
}

/** Why the program would refuse this canonical text, or null. */
export function problemWith(key: CellKey, text: string): Problem | null {
  const { length_max, required } = rules[key];
  if (required && text === '') return { key: 'problem_blank', values: {} };
  if (key === 'week_yyyymmdd' && text !== '' && !isDay(text)) {
    return { key: 'problem_week', values: {} };
  }
  const length = [...text].length;
  if (length > length_max) return { key: 'problem_long', values: { max: length_max, n: length } };
  const bad = key === 'notes' ? /[\0-\x08\x0b-\x1f\x7f-\x9f]/ : /[\0-\x1f\x7f-\x9f]/;
  return bad.test(text) ? { key: 'problem_control', values: {} } : null;
}
