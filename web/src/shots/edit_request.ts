// The body of a batch of edits, and what a refusal of one means: which of its changes it is about.
// Pure.
import type { ApiError, EntryEdit } from '../lib/api';
import type { CellKey, EntryJson } from '../lib/types';

export interface SentChange {
  readonly row: number;
  readonly column: CellKey;
  readonly text: string;
  /** The row's version when it was typed. */
  readonly seen: number;
}

/** `own`: versions that our own writes gave; who wrote them has seen them. */
export function bodyOf(
  changes: readonly SentChange[],
  own: ReadonlyMap<number, number>,
  force: boolean,
): EntryEdit[] {
  const rows = new Map<number, EntryEdit>();
  for (const change of changes) {
    const row = rows.get(change.row) ?? { id: change.row };
    row.version = Math.max(row.version ?? 0, change.seen, own.get(change.row) ?? 0);
    if (force) row.force = true;
    row[change.column] = change.text;
    rows.set(change.row, row);
  }
  return [...rows.values()];
}

export interface Newer {
  readonly theirs: string;
  readonly author: string;
}

export interface Refusal {
  /** The changes that can't be done, with what stands there if somebody was quicker. */
  readonly changes: ReadonlyMap<SentChange, Newer | null>;
  /** The row as it stands now. */
  readonly current: EntryJson | null;
}

interface RefusalBody {
  /** Which element of the request. */
  index?: number;
  data?: EntryJson | null;
  cells?: { field: string; current: string | null; changed_by?: string }[];
}

/** A refusal that does not say which change it is about is about all of them. */
export function refusalOf(error: ApiError, sent: readonly SentChange[]): Refusal {
  const body = (error.body ?? {}) as RefusalBody;
  const current = body.data && typeof body.data.id === 'number' ? body.data : null;
  const rows = [...new Set(sent.map((change) => change.row))];
  const row = current?.id ?? rows[body.index ?? (rows.length === 1 ? 0 : -1)];
  const ofRow = row === undefined ? [...sent] : sent.filter((change) => change.row === row);
  const cells = new Map((body.cells ?? []).map((cell) => [cell.field, cell]));
  const named = ofRow.filter((one) => cells.has(one.column) || one.column === error.field);
  const newer = (change: SentChange): Newer | null => {
    const cell = cells.get(change.column);
    if (error.status !== 412 || (!cell && !current)) return null;
    const theirs = cell ? cell.current : current![change.column];
    return { theirs: theirs ?? '', author: cell?.changed_by ?? '' };
  };
  const refused = named.length > 0 ? named : ofRow.length > 0 ? ofRow : [...sent];
  return { changes: new Map(refused.map((change) => [change, newer(change)])), current };
}
