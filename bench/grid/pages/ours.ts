// Our grid as it is (web/src/grid) over a plain list of rows: what the libraries are given as well.
import '../../../web/src/styles/base.css';
import '../../../web/src/styles/grid.css';
import { Axis, type ColumnKey } from '../../../web/src/grid/axis';
import type { CellWrite } from '../../../web/src/grid/change';
import type { GridHost } from '../../../web/src/grid/host';
import { UndoStack } from '../../../web/src/grid/undo';
import { GridView } from '../../../web/src/grid/view';
import { inDocument, offer } from './page.mjs';
import { columns, row_height } from './rows.mjs';

type Row = Record<string, string>;

let source: Row[];
let view: GridView;
const undo = new UndoStack();

function write(writes: readonly CellWrite[]): void {
  const changes = writes.map(({ row, column, text }) => {
    const before = source[row]![column]!;
    source[row]![column] = text;
    return { row, column, before, after: text };
  });
  undo.push({ changes, inserted: [], deleted: [] });
  view.repaint(new Set(writes.map(({ row }) => row)));
}

function hostOf(rows: Row[]): GridHost {
  const axes = {
    rows: new Axis(rows.map((_, index) => index)),
    columns: new Axis<ColumnKey>(columns.map(({ key }) => key)),
  };
  return {
    words: {
      grid: 'Rows', row_number: 'Row', copied: String, read_only: String, sort_by: String,
    },
    columns: columns.map((column) => ({ ...column, writable: true })),
    row_height,
    head_width: 48,
    axes: () => axes,
    read: (row, column) => source[row]![column]!,
    paint: (cell, row, column) => (cell.textContent = source[row]![column]!),
    paintRowHead: (cell, _, index) => (cell.textContent = String(index + 1)),
    sortOf: () => null,
    suggestions: () => [],
    quickValue: () => null,
    write,
    paste: (plan) => write(plan.writes),
    addRow: () => undefined,
    removeRows: () => undefined,
    undo: () => undefined,
    redo: () => undefined,
    open: () => undefined,
    sort: () => undefined,
    resizeColumn: () => undefined,
    moveColumn: () => undefined,
    selected: () => undefined,
    say: () => undefined,
  };
}

offer({
  ...inDocument,
  open(place: HTMLElement, rows: Row[]) {
    source = rows;
    view = new GridView(hostOf(rows));
    place.append(view.element);
    view.refresh();
  },
  update(changes: { index: number; key: string; text: string }[]) {
    for (const { index, key, text } of changes) source[index]![key] = text;
    view.repaint(new Set(changes.map(({ index }) => index)));
  },
  textAt: (index: number, key: string) => source[index]![key],
});
