// Footage of episodes: what was measured against what was planned, and lengths as people write
// them. Pure.
import type { FootageUnit } from '../lib/format';
import type { FootageLine } from '../lib/types';

const rate_unknown = 24;

export interface EpisodeRow {
  readonly project_type: string;
  readonly episode_title: string;
  readonly shots: number;
  readonly shots_planned: number;
  readonly frames: number;
  readonly seconds: number;
  /** What the workbook plans for its shots, in frames; null = nothing. */
  readonly planned: number | null;
  /** What a producer set for the whole episode. */
  readonly target: number | null;
  /** The target, else what is planned; null = there is nothing to compare with. */
  readonly aim: number | null;
  /** Measured less aim. */
  readonly difference: number | null;
  /** Frames a second, for showing lengths that were not measured. */
  readonly rate: number;
}

export interface EpisodeTable {
  readonly rows: readonly EpisodeRow[];
  readonly total: EpisodeRow;
  readonly frames_max: number;
}

function sum(rows: readonly EpisodeRow[], of: (row: EpisodeRow) => number | null): number | null {
  const known = rows.map(of).filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
}

export function episodeTable(lines: readonly FootageLine[]): EpisodeTable {
  const frames = lines.reduce((all, line) => all + line.frames, 0);
  const seconds = lines.reduce((all, line) => all + line.seconds, 0);
  const common = seconds > 0 ? frames / seconds : rate_unknown;
  const rows = lines.map((line): EpisodeRow => {
    const { shots, planned_shots: shots_planned, target_frames: target } = line;
    const planned = shots_planned > 0 ? line.planned_frames : null;
    const aim = target ?? planned;
    return {
      project_type: line.project_type ?? '',
      episode_title: line.episode_title ?? '',
      shots,
      shots_planned,
      frames: line.frames,
      seconds: line.seconds,
      planned,
      target,
      aim,
      difference: aim === null ? null : line.frames - aim,
      rate: line.seconds > 0 ? line.frames / line.seconds : common,
    };
  });
  const total: EpisodeRow = {
    project_type: '',
    episode_title: '',
    shots: sum(rows, (row) => row.shots) ?? 0,
    shots_planned: sum(rows, (row) => row.shots_planned) ?? 0,
    frames,
    seconds,
    planned: sum(rows, (row) => row.planned),
    target: sum(rows, (row) => row.target),
    aim: sum(rows, (row) => row.aim),
    difference: sum(rows, (row) => row.difference),
    rate: common,
  };
  return { rows, total, frames_max: Math.max(1, ...rows.map((row) => Math.max(row.frames, row.aim ?? 0))) };
}

/** "11:00", "11:00+12" in any unit; a number is one of the unit. Nothing if it is no length. */
export function framesOf(text: string, unit: FootageUnit, rate: number): number | null {
  const time = /^(\d{1,5}):([0-5]?\d)(?:\+(\d{1,3}))?$/.exec(text.trim());
  if (time) {
    const [minutes, seconds, rest] = time.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
    return Math.round((minutes * 60 + seconds) * rate) + rest;
  }
  const plain = text.replaceAll(/[\s,’']/g, '');
  if (plain === '') return 0;
  if (unit === 'time' || !/^\d{1,8}(\.\d+)?$/.test(plain)) return null;
  return Math.round(Number(plain) * (unit === 'seconds' ? rate : 1));
}
