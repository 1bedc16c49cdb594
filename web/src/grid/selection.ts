// What is selected: one rectangle between an anchor and a focus, and the active cell inside it, all
// by key. Every function gives a new selection. Pure.
import type { Axes, Cell, ColumnKey, Rectangle, RowId } from './axis';

export interface Selection {
  /** The cell that a key press edits. */
  readonly active: Cell;
  /** The corner from which the range was drawn. */
  readonly anchor: Cell;
  /** The corner that Shift+arrow moves. */
  readonly focus: Cell;
  /** Where Enter goes back to after a run of Tabs, as in Excel. */
  readonly returnColumn: ColumnKey | null;
}

export type Direction = 'up' | 'down' | 'left' | 'right';

const steps: Record<Direction, readonly [number, number]> = {
  up: [-1, 0],
  down: [1, 0],
  left: [0, -1],
  right: [0, 1],
};

export function selectCell(cell: Cell): Selection {
  return { active: cell, anchor: cell, focus: cell, returnColumn: null };
}

/** Indexes become keys; its top left cell is the active one. REQUIRES: inside the axes. */
export function selectArea(area: Rectangle, axes: Axes): Selection {
  const corner = (row: number, column: number): Cell => ({
    row: axes.rows.at(row)!,
    column: axes.columns.at(column)!,
  });
  return extendTo(selectCell(corner(area.top, area.left)), corner(area.bottom, area.right));
}

/** The range from the anchor to `cell`; the active cell stays. */
export function extendTo(selection: Selection, cell: Cell): Selection {
  return { ...selection, focus: cell, returnColumn: null };
}

export function rectangleOf(selection: Selection, axes: Axes): Rectangle {
  const rows = [selection.anchor.row, selection.focus.row].map((row) => axes.rows.indexOf(row));
  const columns = [selection.anchor.column, selection.focus.column].map((column) =>
    axes.columns.indexOf(column),
  );
  return {
    top: Math.max(0, Math.min(...rows)),
    bottom: Math.max(0, ...rows),
    left: Math.max(0, Math.min(...columns)),
    right: Math.max(0, ...columns),
  };
}

export function isSingle(selection: Selection): boolean {
  return (
    selection.anchor.row === selection.focus.row &&
    selection.anchor.column === selection.focus.column
  );
}

export function rowsIn(area: Rectangle, axes: Axes): RowId[] {
  return axes.rows.keys.slice(area.top, area.bottom + 1);
}

function cellAt(axes: Axes, row: number, column: number): Cell | undefined {
  const rowKey = axes.rows.at(row);
  const columnKey = axes.columns.at(column);
  return rowKey === undefined || columnKey === undefined
    ? undefined
    : { row: rowKey, column: columnKey };
}

/** Moves by whole rows and columns (PageDown: many rows), clamped to the grid. */
export function moveBy(
  selection: Selection,
  axes: Axes,
  rows: number,
  columns: number,
  extend: boolean,
): Selection {
  const from = extend ? selection.focus : selection.active;
  const target = cellAt(
    axes,
    axes.rows.indexOf(from.row) + rows,
    axes.columns.indexOf(from.column) + columns,
  );
  if (!target) return selection;
  return extend ? extendTo(selection, target) : selectCell(target);
}

export function move(
  selection: Selection,
  axes: Axes,
  direction: Direction,
  extend: boolean,
): Selection {
  const [rows, columns] = steps[direction];
  return moveBy(selection, axes, rows, columns, extend);
}

/**
 * Ctrl+arrow: to the end of the block of filled cells, or over the blank ones to the next filled
 * cell, or to the edge of the grid.
 */
export function jump(
  selection: Selection,
  axes: Axes,
  direction: Direction,
  extend: boolean,
  isBlank: (cell: Cell) => boolean,
): Selection {
  const [rowStep, columnStep] = steps[direction];
  const from = extend ? selection.focus : selection.active;
  let row = axes.rows.indexOf(from.row);
  let column = axes.columns.indexOf(from.column);
  const filled = (atRow: number, atColumn: number): boolean | undefined => {
    const rowKey = axes.rows.keys[atRow];
    const columnKey = axes.columns.keys[atColumn];
    if (rowKey === undefined || columnKey === undefined) return undefined;
    return !isBlank({ row: rowKey, column: columnKey });
  };
  const next = (): boolean | undefined => filled(row + rowStep, column + columnStep);
  const advance = (): void => {
    row += rowStep;
    column += columnStep;
  };
  const insideBlock = filled(row, column) === true && next() === true;
  if (insideBlock) {
    while (next() === true) advance();
  } else {
    if (next() === undefined) return selection;
    advance();
    while (filled(row, column) === false && next() !== undefined) advance();
  }
  const target = cellAt(axes, row, column);
  if (!target) return selection;
  return extend ? extendTo(selection, target) : selectCell(target);
}

/** Home, End; with `far` Ctrl+Home, Ctrl+End: the first or last cell of the grid. */
export function moveToEdge(
  selection: Selection,
  axes: Axes,
  edge: 'start' | 'end',
  far: boolean,
  extend: boolean,
): Selection {
  const from = extend ? selection.focus : selection.active;
  const last = edge === 'end';
  const row = far ? (last ? axes.rows.length - 1 : 0) : axes.rows.indexOf(from.row);
  const target = cellAt(axes, row, last ? axes.columns.length - 1 : 0);
  if (!target) return selection;
  return extend ? extendTo(selection, target) : selectCell(target);
}

/** Tab and Enter inside a range walk through it; the range stays. */
function walk(selection: Selection, axes: Axes, byRow: boolean, backward: boolean): Selection {
  const area = rectangleOf(selection, axes);
  const height = area.bottom - area.top + 1;
  const width = area.right - area.left + 1;
  const row = axes.rows.indexOf(selection.active.row) - area.top;
  const column = axes.columns.indexOf(selection.active.column) - area.left;
  const count = height * width;
  const place = byRow ? row * width + column : column * height + row;
  const next = (place + (backward ? -1 : 1) + count) % count;
  const target = byRow
    ? cellAt(axes, area.top + Math.floor(next / width), area.left + (next % width))
    : cellAt(axes, area.top + (next % height), area.left + Math.floor(next / height));
  return target ? { ...selection, active: target } : selection;
}

/** Tab: to the right, remembering where the run began. */
export function tab(selection: Selection, axes: Axes, backward: boolean): Selection {
  if (!isSingle(selection)) return walk(selection, axes, true, backward);
  const begin = selection.returnColumn ?? selection.active.column;
  const moved = move(selection, axes, backward ? 'left' : 'right', false);
  return { ...moved, returnColumn: begin };
}

/** Enter: down, back to the column where a run of Tabs began. */
export function enter(selection: Selection, axes: Axes, backward: boolean): Selection {
  if (!isSingle(selection)) return walk(selection, axes, false, backward);
  const moved = move(selection, axes, backward ? 'up' : 'down', false);
  const column = selection.returnColumn;
  if (column === null || !axes.columns.has(column)) return moved;
  return selectCell({ row: moved.active.row, column });
}

export function selectRows(axes: Axes, from: RowId, to: RowId, active: Cell): Selection {
  const first = axes.columns.keys[0];
  const last = axes.columns.at(axes.columns.length - 1);
  if (first === undefined || last === undefined) return selectCell(active);
  return {
    active,
    anchor: { row: from, column: first },
    focus: { row: to, column: last },
    returnColumn: null,
  };
}

export function selectColumns(axes: Axes, from: ColumnKey, to: ColumnKey, active: Cell): Selection {
  const first = axes.rows.keys[0];
  const last = axes.rows.at(axes.rows.length - 1);
  if (first === undefined || last === undefined) return selectCell(active);
  return {
    active,
    anchor: { row: first, column: from },
    focus: { row: last, column: to },
    returnColumn: null,
  };
}

export function selectAll(axes: Axes, active: Cell): Selection {
  const first = axes.rows.keys[0];
  const last = axes.rows.at(axes.rows.length - 1);
  return first === undefined || last === undefined
    ? selectCell(active)
    : selectRows(axes, first, last, active);
}

/** A row got its final id from the cloud. */
export function renameRow(selection: Selection, from: RowId, to: RowId): Selection {
  const renamed = (cell: Cell): Cell => (cell.row === from ? { ...cell, row: to } : cell);
  return {
    ...selection,
    active: renamed(selection.active),
    anchor: renamed(selection.anchor),
    focus: renamed(selection.focus),
  };
}

/**
 * The selection after rows or columns went away or came: unchanged wherever its keys are still
 * shown, else the nearest cell to where the active one stood. Nothing on an empty grid.
 */
export function settle(selection: Selection | null, before: Axes, after: Axes): Selection | null {
  const first = cellAt(after, 0, 0);
  if (!first) return null;
  if (!selection) return selectCell(first);
  const shown = (cell: Cell): boolean =>
    after.rows.has(cell.row) && after.columns.has(cell.column);
  if (shown(selection.active) && shown(selection.anchor) && shown(selection.focus)) {
    return selection;
  }
  if (shown(selection.active)) return selectCell(selection.active);
  const row = before.rows.indexOf(selection.active.row);
  const column = before.columns.indexOf(selection.active.column);
  // The nearest row below that is still there; else as many rows from the top.
  for (let i = row + 1; row >= 0 && i < before.rows.length; ++i) {
    const key = before.rows.keys[i];
    if (key !== undefined && after.rows.has(key)) {
      return selectCell({ row: key, column: after.columns.at(column) ?? first.column });
    }
  }
  return selectCell(cellAt(after, row < 0 ? 0 : row, column < 0 ? 0 : column) ?? first);
}
