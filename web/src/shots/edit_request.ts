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

const request_rows_max = 5000; // the program's own limit
const request_bytes_max = 15_000_000; // a body may have 16 MiB

/**
 * Splits what goes into one write so that each part fits into a request: nearly always one part.
 * What belongs to one row stays together if it stands together.
 */
export function inRequests<T>(
  items: readonly T[],
  rowOf: (item: T) => number,
  textOf: (item: T) => string,
): T[][] {
  const parts: T[][] = [];
  let rows = 0;
  let bytes = 0;
  let last: number | null = null;
  for (const item of items) {
    const isNewRow = rowOf(item) !== last;
    const size = 3 * textOf(item).length + (isNewRow ? 80 : 24); // UTF-8, names and marks around it
    const isFull = isNewRow && (rows >= request_rows_max || bytes + size > request_bytes_max);
    if (parts.length === 0 || isFull) {
      parts.push([]);
      rows = 0;
      bytes = 0;
    }
    parts.at(-1)!.push(item);
    rows += isNewRow ? 1 : 0;
    bytes += size;
    last = rowOf(item);
  }
  return parts;
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
  /** The rows as they stand now, as far as they were told. */
  readonly current: readonly EntryJson[];
}

interface RowConflict {
  /** Which element of the request. */
  index?: number;
  data?: EntryJson | null;
  cells?: { field: string; current: string | null; changed_by?: string }[];
}

interface RefusalBody extends RowConflict {
  /** Every row of a batch in which somebody was quicker. */
  conflicts?: RowConflict[];
}

/** Does a refusal of changes and new rows name one of the first `changes` elements? */
export function isAboutChange(error: ApiError, changes: number): boolean {
  const { index = changes, conflicts } = (error.body ?? {}) as RefusalBody;
  return conflicts !== undefined || index < changes;
}

/** A refusal that does not say which change it is about is about all of them. */
export function refusalOf(error: ApiError, sent: readonly SentChange[]): Refusal {
  const body = (error.body ?? {}) as RefusalBody;
  const rows = [...new Set(sent.map((change) => change.row))];
  const refused = new Map<SentChange, Newer | null>();
  const current: EntryJson[] = [];
  for (const conflict of body.conflicts ?? [body]) {
    const entry = conflict.data && typeof conflict.data.id === 'number' ? conflict.data : null;
    const row = entry?.id ?? rows[conflict.index ?? (rows.length === 1 ? 0 : -1)];
    const ofRow = row === undefined ? [...sent] : sent.filter((change) => change.row === row);
    const cells = new Map((conflict.cells ?? []).map((cell) => [cell.field, cell]));
    const named = ofRow.filter((one) => cells.has(one.column) || one.column === error.field);
    for (const change of named.length > 0 ? named : ofRow) {
      const cell = error.status === 412 ? cells.get(change.column) : undefined;
      refused.set(
        change,
        cell ? { theirs: cell.current ?? '', author: cell.changed_by ?? '' } : null,
      );
    }
    if (entry) current.push(entry);
  }
  return {
    changes: refused.size > 0 ? refused : new Map(sent.map((change) => [change, null])),
    current,
  };
}
