// What a person does to many cells at once: paste, clear, fill. Each function only says which cells
// become what; nothing is applied here. Pure.
import { type Axes, type ColumnKey, type Rectangle, type RowId, heightOf, widthOf } from './axis';
import type { Matrix } from './clipboard';

export interface CellWrite {
  readonly row: RowId;
  readonly column: ColumnKey;
  readonly text: string;
}

export interface PastePlan {
  readonly writes: readonly CellWrite[];
  /** Rows past the end of the grid that would have to be added first. */
  readonly newRows: readonly Readonly<Record<ColumnKey, string>>[];
  /** Cells of the block that fall on columns nobody may write, or past the last column. */
  readonly outside: number;
  /** What is covered, to be selected afterwards; rows past the end not counted in. */
  readonly area: Rectangle;
}

/** How often a block of `size` is repeated to fill a range of `room`: fully, or once. */
function repeats(room: number, size: number): number {
  return room > size && room % size === 0 ? room / size : 1;
}

/**
 * A block of cells into the selected range, from its top left cell. One value fills the range; a
 * block that fits the range several times is tiled; else the block decides the size.
 */
export function planPaste(
  matrix: Matrix,
  range: Rectangle,
  axes: Axes,
  writable: (column: ColumnKey) => boolean,
): PastePlan {
  const blockHeight = matrix.length;
  const blockWidth = Math.max(0, ...matrix.map((row) => row.length));
  if (blockHeight === 0 || blockWidth === 0) {
    return { writes: [], newRows: [], outside: 0, area: range };
  }
  const height = blockHeight * repeats(heightOf(range), blockHeight);
  const width = blockWidth * repeats(widthOf(range), blockWidth);
  const writes: CellWrite[] = [];
  const newRows: Record<ColumnKey, string>[] = [];
  let outside = 0;
  for (let i = 0; i < height; ++i) {
    const row = axes.rows.keys[range.top + i];
    const added: Record<ColumnKey, string> = {};
    for (let j = 0; j < width; ++j) {
      // A short line of a ragged block has blanks at its end.
      const text = matrix[i % blockHeight]?.[j % blockWidth] ?? '';
      const column = axes.columns.keys[range.left + j];
      if (column === undefined || !writable(column)) {
        if (text !== '') ++outside;
      } else if (row === undefined) {
        added[column] = text;
      } else {
        writes.push({ row, column, text });
      }
    }
    if (row === undefined) newRows.push(added);
  }
  const area = {
    top: range.top,
    left: range.left,
    bottom: Math.min(axes.rows.length - 1, range.top + height - 1),
    right: Math.min(axes.columns.length - 1, range.left + width - 1),
  };
  return { writes, newRows, outside, area };
}

/** Every writable cell of a range becomes `text`: Delete, and Ctrl+Enter. */
export function planFillWith(
  text: string,
  range: Rectangle,
  axes: Axes,
  writable: (column: ColumnKey) => boolean,
): CellWrite[] {
  const writes: CellWrite[] = [];
  for (let i = range.top; i <= range.bottom; ++i) {
    for (let j = range.left; j <= range.right; ++j) {
      const row = axes.rows.keys[i];
      const column = axes.columns.keys[j];
      if (row !== undefined && column !== undefined && writable(column)) {
        writes.push({ row, column, text });
      }
    }
  }
  return writes;
}

/**
 * Ctrl+D and Ctrl+R: the first row (column) of the range goes into the others. A range of one row
 * (column) takes its neighbour's values, as in Excel.
 */
export function planFill(
  direction: 'down' | 'right',
  range: Rectangle,
  axes: Axes,
  read: (row: RowId, column: ColumnKey) => string,
  writable: (column: ColumnKey) => boolean,
): CellWrite[] {
  const down = direction === 'down';
  const single = down ? range.top === range.bottom : range.left === range.right;
  const source = (down ? range.top : range.left) - (single ? 1 : 0);
  const writes: CellWrite[] = [];
  if (source < 0) return writes;
  for (let i = down ? source + 1 : range.top; i <= range.bottom; ++i) {
    for (let j = down ? range.left : source + 1; j <= range.right; ++j) {
      const row = axes.rows.keys[i];
      const column = axes.columns.keys[j];
      const fromRow = axes.rows.keys[down ? source : i];
      const fromColumn = axes.columns.keys[down ? j : source];
      if (row === undefined || column === undefined || !writable(column)) continue;
      if (fromRow === undefined || fromColumn === undefined) continue;
      writes.push({ row, column, text: read(fromRow, fromColumn) });
    }
  }
  return writes;
}

/** The cells of a range as text, for the clipboard. */
export function readRange(
  range: Rectangle,
  axes: Axes,
  read: (row: RowId, column: ColumnKey) => string,
): Matrix {
  return axes.rows.keys
    .slice(range.top, range.bottom + 1)
    .map((row) =>
      axes.columns.keys.slice(range.left, range.right + 1).map((column) => read(row, column)),
    );
}
