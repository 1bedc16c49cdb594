// The JSON of the API (docs: /api/openapi.json), as far as the page uses it.

export const cell_keys = [
  'animator',
  'project_type',
  'episode_title',
  'scene',
  'shot',
  'week_yyyymmdd',
  'status',
  'notes',
] as const;
export type CellKey = (typeof cell_keys)[number];
export type Cells = Record<CellKey, string>;

export interface Media {
  frames: number | null;
  fps: string | null; // a fraction: "24/1"
  duration_seconds: number | null;
  missing_frames: [number, number][]; // both ends included
  problem: string | null;
  path: string | null;
  measured_at: string | null;
  version?: string | null;
  flags?: string[];
  /** Names the state of the file: its pictures stand under it. */
  source_digest?: string;
  thumbnail?: string | null;
  /** Ten frames side by side. */
  strip?: string | null;
}

/** What speaks against calling a shot finished. */
export type Doubt =
  | 'no_file'
  | 'older_than_retake'
  | 'empty'
  | 'gaps'
  | 'wrong_rate'
  | 'problem';

/** Where the pictures of what was measured are. */
export type Pictures = Required<Pick<Media, 'source_digest' | 'thumbnail' | 'strip'>>;

/** A movie or sequence that names give to no shot, or to several. */
export interface UnmatchedFile {
  path: string;
  kind: 'movie' | 'animation' | 'sequence';
  fits: string[];
  modified_at: string;
}

/** An entry as the API sends it; blank notes are null there. */
export type EntryJson = Omit<Cells, 'notes'> & {
  id: number;
  notes: string | null;
  created_at: string;
  updated_at: string;
  version: number;
  extra?: Record<string, string>;
  media?: Media | null;
  doubts?: Doubt[];
};

export interface Entry {
  id: number;
  cells: Cells;
  version: number;
  created_at: string;
  updated_at: string;
  extra: Record<string, string>;
  media: Media | null;
  doubts: readonly Doubt[];
}

export function entryFrom(json: EntryJson): Entry {
  return {
    id: json.id,
    cells: cellsFrom(json),
    version: json.version ?? 0,
    created_at: json.created_at ?? '',
    updated_at: json.updated_at ?? '',
    extra: json.extra ?? {},
    media: json.media ?? null,
    doubts: json.doubts ?? [],
  };
}

/** A row that the cloud does not know yet. */
export function newEntry(id: number, cells: Cells): Entry {
  const none = { created_at: '', updated_at: '', extra: {}, media: null, doubts: [] };
  return { id, cells, version: 0, ...none };
}

export type ChangedCells = Partial<Record<CellKey, string | null>>;

/** One line of the feed: an entry became `after`; null = it was deleted. */
export interface Change {
  seq: number;
  entry_id: number;
  op: 'insert' | 'edit' | 'delete' | 'restore' | 'media';
  before: ChangedCells | null;
  after: ChangedCells | null;
  media?: Media | null;
  extra?: Record<string, string>;
  /** The row after it, with where its pictures are. */
  entry?: EntryJson | null;
  origin: 'web' | 'excel' | 'media' | 'sql' | 'adopt';
  author: string;
  batch_id?: string;
  at: string;
}

export function cellsFrom(json: ChangedCells): Cells {
  const cells = {} as Cells;
  for (const key of cell_keys) cells[key] = json[key] ?? '';
  return cells;
}

export interface SyncStatus {
  databaseEnabled: boolean;
  cloudSyncEnabled: boolean;
  environment: string;
  local?: 'connected' | 'offline' | 'paused';
  lastSyncAt?: string | null;
  pendingToWorkbook?: number;
  pendingToCloud?: number;
  workbookOpenBy?: string | null;
  conflicts?: number;
  held?: number;
  equalAsOf?: string | null;
  /** Everything up to this change is in the workbook on disk. */
  appliedSeq?: number;
  workbook?: { available: boolean; rows: number } | null;
  waiting?: { where: string; reason: string }[];
  problem?: string | null;
  /** Grows with every picture. */
  pictures?: number;
  /** How many files belong to no shot. */
  unmatched?: number;
  /** Grows when somebody gives a file to a shot. */
  pins?: number;
  /** Somebody called with a key that is not the studio’s; null: nobody since the last good call. */
  wrongKeyAt?: string | null;
}

/** Where somebody's page is; `column` "gone" = that page was closed. */
export interface Place {
  page: string;
  name: string;
  row: number | null;
  column: string | null;
  editing: boolean;
}

export interface SavedView {
  name: string;
  /** "?q=…&sort=…" */
  search: string;
}

/** What the team shares. */
export interface Shared {
  views?: SavedView[];
  statuses?: string[];
  /** Statuses that say a shot is finished. */
  status_done?: string[];
  /** Header text of an import -> field. */
  import_columns?: Record<string, string>;
}

export interface FootageLine {
  animator?: string;
  week?: string | null;
  project_type?: string;
  episode_title?: string;
  shots: number;
  frames: number;
  seconds: number;
  rows: number;
  /** Of the shots, those whose planned length the workbook says; and the sum of what it says. */
  planned_shots: number;
  planned_frames: number;
  target_frames: number | null;
}

export interface Summary {
  weeks: FootageLine[];
  episodes: FootageLine[];
  totals: { shots: number; frames: number; seconds: number; rows: number };
}

export interface Target {
  animator: string;
  from_yyyymmdd: string;
  frames_per_week: number;
}

export interface EpisodeTarget {
  project_type: string;
  episode_title: string;
  frames: number;
}

export type Role = Me['role'];

export interface User {
  id: number;
  email: string;
  name: string;
  role: Role;
  animator_names: string[];
  has_password: boolean;
  disabled: boolean;
  created_at: string;
}

export interface Token {
  id: number;
  name: string;
  role: Role;
  created_by: string;
  created_at: string;
  used_at: string | null;
  expires_at: string | null;
  revoked: boolean;
}

/** Somewhere one is signed in. */
export interface Session {
  id: string;
  current: boolean;
  address: string;
  user_agent: string;
  used_at: string;
}

export interface SheetRows {
  sheet: string;
  sheets: string[];
  rows: string[][];
  numbers: number[];
}

export interface Me {
  id?: number;
  name: string;
  email?: string | null;
  role: 'viewer' | 'animator' | 'producer' | 'admin';
  animator_names?: string[];
  has_password?: boolean;
  /** A sentence about how the page was reached, such as plain http over a network. */
  warning?: string | null;
}

/** A value that lost against the workbook. */
export interface Conflict {
  id: number;
  entry_id: number;
  field: CellKey | null;
  winning: string;
  losing: string;
  losing_author?: string;
  winning_author?: string;
  at: string;
  row_deleted?: boolean;
  row?: ChangedCells | null;
}

export interface HeldChange {
  entry_id: number | null;
  op: 'edit' | 'delete';
  field?: string;
  before?: string;
  after?: string;
  /** The row changed since: approving leaves this alone. */
  moved_on: boolean;
}

/** A mass change that waits for a producer. */
export interface Held {
  id: number;
  /** Goes back with the verdict: nobody decides what they have not seen. */
  version?: number;
  source?: 'excel' | 'web';
  changes?: HeldChange[];
  reason: string;
  author?: string;
  at: string;
  entries: EntryJson[];
}

/** Rows that two people at one workbook may have made twice: the older one first. */
export interface PossibleDuplicate {
  /** Of the newer row. */
  id: number;
  at: string;
  entries: EntryJson[];
}

/** One of the first changes that a line of the log is about. */
export interface LoggedChange {
  op: 'insert' | 'edit' | 'delete' | 'media';
  name: string;
  field?: string;
  value?: string;
}

export interface LogLine {
  id: number;
  sync_type: string;
  action: string;
  status: string;
  error_message: string | null;
  created_at: string;
  /** Whichever of these its kind has. */
  data_snapshot?: {
    /** The first of them, or how many were decided about. */
    changes?: LoggedChange[] | number;
    /** Changes that are not listed. */
    more?: number;
    /** A value that lost. */
    entry_id?: number;
    field?: string;
    winning?: string;
    losing?: string;
    /** What was refused. */
    op?: { id?: number; column?: string; new?: string; cells?: { scene?: string; shot?: string } };
  } | null;
}
