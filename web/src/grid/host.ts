// What the grid's view asks of whoever owns the data. The view knows keys, texts and selections; it
// never knows what an entry is, so either side can be replaced.
import type { Axes, ColumnKey, RowId } from './axis';
import type { CellWrite, PastePlan } from './change';
import type { Selection } from './selection';

export interface GridColumn {
  readonly key: ColumnKey;
  readonly title: string;
  readonly width: number;
  readonly writable: boolean;
  readonly sticky?: boolean;
  readonly align?: 'end';
  readonly suggest?: boolean;
}

export interface GridWords {
  readonly grid: string;
  readonly row_number: string;
  readonly copied: (cells: number) => string;
  readonly read_only: (column: string) => string;
  readonly sort_by: (column: string) => string;
}

export interface GridHost {
  readonly words: GridWords;
  readonly columns: readonly GridColumn[];
  readonly row_height: number;
  /** Of the first cell of each row, which always stays in sight. */
  readonly head_width: number;
  axes(): Axes;
  /** The exact text of a cell: what is copied and edited. */
  read(row: RowId, column: ColumnKey): string;
  /** Fills a cell's element: its text, its state for eyes and for screen readers. */
  paint(cell: HTMLElement, row: RowId, column: ColumnKey): void;
  /** The same for the cell with the row's number. */
  paintRowHead(cell: HTMLElement, row: RowId, index: number): void;
  sortOf(column: ColumnKey): 'ascending' | 'descending' | null;
  suggestions(column: ColumnKey, typed: string): string[];
  /** A short value for Ctrl+; in this column, or null. */
  quickValue(column: ColumnKey): string | null;

  write(writes: readonly CellWrite[]): void;
  paste(plan: PastePlan): void;
  addRow(): void;
  removeRows(rows: readonly RowId[]): void;
  undo(): void;
  redo(): void;
  open(row: RowId): void;
  sort(column: ColumnKey): void;
  resizeColumn(column: ColumnKey, width: number): void;
  /** To the place of another column. */
  moveColumn(column: ColumnKey, to: ColumnKey): void;
  selected(selection: Selection | null): void;
  say(text: string): void;
}
