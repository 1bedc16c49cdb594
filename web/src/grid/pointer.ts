// Mouse and touch on the grid: press selects, pull extends (and scrolls at the edges), the handle
// at the range's corner fills, a double press edits; a tap selects and a second one edits, since a
// pull with the finger scrolls.
import { type Axes, type Cell, type Rectangle, type RowId, heightOf, widthOf } from './axis';
import { type CellWrite, planPaste, readRange } from './change';
import type { GridHost } from './host';
import { type Selection, extendTo, rectangleOf, selectCell, selectRows } from './selection';

/** The parts of the view that gestures act on. */
export interface GridSurface {
  readonly element: HTMLElement;
  readonly head: HTMLElement;
  readonly handle: HTMLElement;
  readonly editor: HTMLElement;
  /** Left edge of each column on the full width; the right end of the last one behind them. */
  lefts(): readonly number[];
  axes(): Axes;
  selection(): Selection | null;
  select(selection: Selection, isShown?: boolean): void;
  edit(): void;
  commit(): void;
  write(writes: readonly CellWrite[]): void;
  showRange(area: Rectangle): void;
  redrawSelection(): void;
  cellOf(target: EventTarget | null): Cell | null;
  rowOf(target: EventTarget | null): RowId | null;
  focus(): void;
}

type Drag = 'cells' | 'rows' | 'fill';

const long_press_ms = 450;

const scroll_step = 24;
const scroll_pause_ms = 40;

export class GridPointer {
  #drag: Drag | null = null;
  #pointed = { x: 0, y: 0 };
  #timer = 0;
  #finger = 0; // runs while a finger rests

  constructor(
    private readonly host: GridHost,
    private readonly surface: GridSurface,
  ) {
    const { element } = surface;
    element.addEventListener('pointerdown', (event) => this.#press(event));
    element.addEventListener('pointermove', (event) => this.#pull(event));
    element.addEventListener('pointerup', (event) => this.#release(event));
    element.addEventListener('pointercancel', () => this.#end());
    element.addEventListener(
      'touchmove',
      (event) => {
        if (this.#drag) event.preventDefault(); // a range, not a scroll
      },
      { passive: false },
    );
    element.addEventListener('click', (event) => this.#click(event));
    element.addEventListener('dblclick', (event) => {
      if (surface.cellOf(event.target)) surface.edit();
    });
  }

  #press(event: PointerEvent): void {
    const { surface } = this;
    if (event.button !== 0 || surface.editor.contains(event.target as Node)) return;
    surface.commit();
    this.#pointed = { x: event.clientX, y: event.clientY };
    if (event.target === surface.handle) {
      event.preventDefault(); // the focus stays in the grid
      return this.#begin('fill', event.pointerId);
    }
    const cell = surface.cellOf(event.target);
    if (event.pointerType === 'touch') return this.#holdFinger(cell, event.pointerId);
    const row = surface.rowOf(event.target);
    const selection = surface.selection();
    if (row !== null) {
      const active = { row, column: this.host.columns[0]!.key };
      const from = event.shiftKey ? (selection?.anchor.row ?? row) : row;
      surface.select(selectRows(surface.axes(), from, row, active), false);
      this.#begin('rows', event.pointerId);
    } else if (cell) {
      surface.select(event.shiftKey && selection ? extendTo(selection, cell) : selectCell(cell));
      this.#begin('cells', event.pointerId);
    }
  }

  /** A finger that stays begins a range; one that moves at once scrolls. */
  #holdFinger(cell: Cell | null, pointer: number): void {
    clearTimeout(this.#finger);
    if (!cell) return;
    this.#finger = window.setTimeout(() => {
      this.surface.select(selectCell(cell));
      this.#begin('cells', pointer);
    }, long_press_ms);
  }

  #begin(drag: Drag, pointer: number): void {
    this.#drag = drag;
    this.surface.element.setPointerCapture(pointer);
    this.#timer = window.setInterval(() => this.#scrollAtEdge(), scroll_pause_ms);
  }

  #pull(event: PointerEvent): void {
    if (!this.#drag) return;
    this.#pointed = { x: event.clientX, y: event.clientY };
    this.#dragHere();
  }

  #dragHere(): void {
    const cell = this.#cellNear(this.#pointed.x, this.#pointed.y);
    const selection = this.surface.selection();
    if (!cell || !selection) return;
    if (this.#drag === 'rows') {
      const { anchor, active } = selection;
      this.surface.select(selectRows(this.surface.axes(), anchor.row, cell.row, active), false);
    } else if (this.#drag === 'cells') {
      this.surface.select(extendTo(selection, cell), false);
    } else {
      this.surface.showRange(this.#grown(selection, cell));
    }
  }

  /** The cell nearest to a point of the window, also outside the grid. */
  #cellNear(x: number, y: number): Cell | null {
    const { element, head } = this.surface;
    const lefts = this.surface.lefts();
    const axes = this.surface.axes();
    const box = element.getBoundingClientRect();
    const top = box.top + head.offsetHeight;
    const down = Math.min(box.bottom - 1, Math.max(top, y)) - top + element.scrollTop;
    const within = Math.min(box.right - 1, Math.max(box.left, x));
    const row = axes.rows.at(Math.floor(down / this.host.row_height));
    // A sticky column may cover the one that lies there by its place.
    const under = this.surface.cellOf(document.elementFromPoint(within, Math.max(top + 1, y)));
    const across = within - box.left + element.scrollLeft;
    const index = lefts.findIndex((left, i) => i > 0 && across < left) - 1;
    const column = under?.column ?? axes.columns.at(index < 0 ? Infinity : index);
    return row === undefined || column === undefined ? null : { row, column };
  }

  #scrollAtEdge(): void {
    const { element, head } = this.surface;
    const lefts = this.surface.lefts();
    const box = element.getBoundingClientRect();
    const step = (value: number, low: number, high: number): number =>
      value < low ? -scroll_step : value > high ? scroll_step : 0;
    const down = step(this.#pointed.y, box.top + head.offsetHeight, box.bottom);
    const across = step(this.#pointed.x, box.left + lefts[0]!, box.right);
    if (down === 0 && across === 0) return;
    element.scrollBy(across, down);
    this.#dragHere();
  }

  /** The selected range grown to a cell, down or to the right, whichever is farther. */
  #grown(selection: Selection, cell: Cell): Rectangle {
    const axes = this.surface.axes();
    const area = rectangleOf(selection, axes);
    const down = axes.rows.indexOf(cell.row) - area.bottom;
    const right = axes.columns.indexOf(cell.column) - area.right;
    if (down <= 0 && right <= 0) return area;
    return down >= right
      ? { ...area, bottom: area.bottom + down }
      : { ...area, right: area.right + right };
  }

  #release(event: PointerEvent): void {
    const isFill = this.#drag === 'fill';
    const cell = this.#cellNear(event.clientX, event.clientY);
    const selection = this.surface.selection();
    this.#end();
    if (isFill && cell && selection) this.#fill(selection, cell);
  }

  /** The range itself is repeated over what the handle added. */
  #fill(selection: Selection, to: Cell): void {
    const axes = this.surface.axes();
    const area = rectangleOf(selection, axes);
    const grown = this.#grown(selection, to);
    const isDown = grown.bottom > area.bottom;
    if (!isDown && grown.right === area.right) return this.surface.redrawSelection();
    const added = isDown
      ? { ...grown, top: area.bottom + 1 }
      : { ...grown, left: area.right + 1 };
    const block = readRange(area, axes, (row, column) => this.host.read(row, column));
    const repeated = Array.from({ length: heightOf(added) }, (_, i) =>
      Array.from({ length: widthOf(added) }, (_, j) => {
        const row = block[i % block.length]!;
        return row[j % row.length]!;
      }),
    );
    const isWritable = (key: string): boolean =>
      this.host.columns.find((column) => column.key === key)?.writable ?? false;
    this.surface.write(planPaste(repeated, added, axes, isWritable).writes);
    const row = axes.rows.at(grown.bottom)!;
    const column = axes.columns.at(grown.right)!;
    this.surface.select(extendTo(selection, { row, column }), false);
  }

  #end(): void {
    this.#drag = null;
    clearTimeout(this.#finger);
    clearInterval(this.#timer);
  }

  #click(event: MouseEvent): void {
    const { surface } = this;
    if (surface.editor.contains(event.target as Node)) return;
    surface.focus();
    if ((event as PointerEvent).pointerType !== 'touch') return;
    const row = surface.rowOf(event.target);
    if (row !== null) return this.host.open(row);
    const cell = surface.cellOf(event.target);
    if (!cell) return;
    const active = surface.selection()?.active;
    const isSecondTap = active?.row === cell.row && active.column === cell.column;
    surface.select(selectCell(cell));
    if (isSecondTap) surface.edit();
  }
}
