// The grid on the screen: rows of equal height, of which only those in sight are in the document.
// It draws what the host holds and turns keys, mouse, touch and clipboard into the host's verbs;
// what they mean is decided by the pure files beside it. Rows and columns are kept by key.
import { type Axes, Axis, type Cell, type ColumnKey, type Rectangle, type RowId } from './axis';
import { heightOf, widthOf } from './axis';
import { planFill, planFillWith, planPaste, readRange } from './change';
import { formatHtml, formatTsv, parseClipboard } from './clipboard';
import { CellEditor, type Closed } from './editor';
import { GridHead, divide } from './head';
import type { GridHost } from './host';
import { type Command, commandFor } from './keys';
import { GridLayer } from './layer';
import { GridPointer, type GridSurface } from './pointer';
import { moved, movedAfterEdit } from './moves';
import { GridRows } from './rows';
import {
  type Selection,
  isSingle,
  rectangleOf,
  renameRow,
  rowsIn,
  selectArea,
  selectCell,
  settle,
} from './selection';
import { anchorRow, rowsSeen, scrolled } from './sight';

const overscan_rows = 8;

let next_view = 1;

export class GridView {
  /** Scrolls; holds the grid itself and a layer over it. */
  readonly element = document.createElement('div');
  readonly #grid = divide('grid-table', 'grid');
  readonly #layer = new GridLayer();
  readonly #rows: GridRows;
  readonly #head: GridHead;
  readonly #editor: CellEditor;
  #lefts: number[] = []; // of each column, and the full width at the end
  #axes: Axes;
  #selection: Selection | null = null;
  #drawing = 0;

  constructor(private readonly host: GridHost) {
    this.#axes = host.axes();
    this.#head = new GridHead(host);
    this.#rows = new GridRows(host, `grid${next_view++}`);
    this.#editor = new CellEditor(host, (closed) => this.#edited(closed));
    this.element.className = 'grid';
    this.#grid.tabIndex = 0;
    this.#grid.setAttribute('aria-label', host.words.grid);
    this.#grid.setAttribute('aria-multiselectable', 'true');
    this.#grid.append(this.#head.element, this.#rows.element);
    this.#layer.element.append(this.#editor.element);
    this.element.append(this.#grid, this.#layer.element);
    this.#listen();
    new GridPointer(host, this.#surface());
    this.relayout();
  }

  /** Hears when the editor opens or closes. */
  onEditing: () => void = () => undefined;

  get isEditing(): boolean {
    return this.#editor.cell !== null;
  }

  focus(): void {
    this.#grid.focus({ preventScroll: true });
  }

  get hasFocus(): boolean {
    return document.activeElement === this.#grid;
  }

  // ---- The host's news

  /** Columns or heights are others: everything is drawn anew, what is selected stays. */
  relayout(): void {
    const { columns, head_width, row_height } = this.host;
    this.#lefts = [head_width];
    for (const column of columns) this.#lefts.push(this.#lefts.at(-1)! + column.width);
    const widths = [head_width, ...columns.map((column) => column.width)];
    this.element.style.setProperty('--row-height', `${row_height}px`);
    this.element.style.setProperty('--columns', widths.map((width) => `${width}px`).join(' '));
    this.element.classList.toggle('is-tall', row_height > 40);
    this.#head.build();
    this.#rows.rebuild();
    this.refresh();
  }

  /** Rows came, went or stand in another order. What is in sight stays where it is. */
  refresh(): void {
    if (this.host.head_width !== this.#lefts[0]) return this.relayout();
    const before = this.#axes;
    const after = this.host.axes();
    const height = this.host.row_height;
    const active = this.#selection?.active.row;
    const anchor =
      before.rows === after.rows ? null : anchorRow(before, after, this.#seen(before), active);
    const offset = anchor === null ? 0 : before.rows.indexOf(anchor) * height - this.#scrollTop;
    this.#axes = after;
    this.#rows.element.style.height = `${after.rows.length * height}px`;
    this.#rows.element.style.width = `${this.#lefts.at(-1)}px`;
    this.#grid.setAttribute('aria-rowcount', String(after.rows.length + 1));
    this.#grid.setAttribute('aria-colcount', String(after.columns.length + 1));
    if (anchor !== null) {
      const top = after.rows.indexOf(anchor) * height - offset;
      if (top !== this.#scrollTop) this.element.scrollTop = top;
    }
    const selection = settle(this.#selection, before, after);
    const isOther = selection !== this.#selection;
    this.#selection = selection;
    this.#draw(true); // once: it also shows what is selected
    if (isOther) this.host.selected(selection);
  }

  repaint(rows: ReadonlySet<RowId>): void {
    this.#rows.repaint(rows);
  }

  /** A row got its final id; what is selected or being typed goes with it. */
  renameRow(from: RowId, to: RowId): void {
    if (this.#selection) this.#selection = renameRow(this.#selection, from, to);
    this.#editor.renameRow(from, to);
    this.#axes = {
      ...this.#axes,
      rows: new Axis(this.#axes.rows.keys.map((row) => (row === from ? to : row))),
    };
  }

  repaintHead(): void {
    this.#head.repaint();
  }

  /** Selects a cell from outside and brings it into sight. */
  goTo(cell: Cell): void {
    if (this.#axes.rows.has(cell.row)) this.#select(selectCell(cell));
  }

  // ---- Drawing

  get #scrollTop(): number {
    return this.element.scrollTop;
  }

  get #roomHeight(): number {
    return Math.max(0, this.element.clientHeight - this.#head.element.offsetHeight);
  }

  #seen(axes: Axes): [number, number] {
    return rowsSeen(this.#scrollTop, this.#roomHeight, this.host.row_height, axes.rows.length);
  }

  #draw(everything = false): void {
    if (!this.element.isConnected) return; // nothing is in sight
    const [first, last] = this.#seen(this.#axes);
    // At first what is in sight, so that it is there soon; what is beside it once that was painted.
    const beside = this.#rows.isEmpty ? 0 : overscan_rows;
    const isMore = last + 1 < this.#axes.rows.length;
    if (beside === 0 && isMore) requestAnimationFrame(() => this.#scheduleDraw());
    const from = Math.max(0, first - beside);
    const to = Math.min(this.#axes.rows.length - 1, last + beside);
    this.#rows.show(this.#axes, from, to, everything);
    this.#drawSelection();
  }

  #drawSelection(): void {
    const selection = this.#selection;
    const area = selection ? rectangleOf(selection, this.#axes) : null;
    const active_id = this.#rows.mark(selection, area);
    if (active_id === '') this.#grid.removeAttribute('aria-activedescendant');
    else this.#grid.setAttribute('aria-activedescendant', active_id);
    this.#showRange(this.#axes.rows.length === 0 ? null : area);
    this.#placeEditor();
  }

  #showRange(area: Rectangle | null): void {
    this.#layer.showRange(area, this.#lefts, this.host.row_height);
  }

  #placeEditor(): void {
    const cell = this.#editor.cell;
    if (!cell) return;
    const row = this.#axes.rows.indexOf(cell.row);
    const column = this.#axes.columns.indexOf(cell.column);
    if (row < 0 || column < 0) return; // the row went away: the text stays where it was
    const height = this.host.row_height;
    const left = this.#leftOf(column);
    this.#editor.place(left, row * height, this.host.columns[column]!.width, height);
  }

  /** Where a column begins on the grid's full width; a sticky one may be pushed to the right. */
  #leftOf(column: number): number {
    const left = this.#lefts[column]!;
    if (!this.host.columns[column]!.sticky) return left;
    return Math.max(left, this.#stuckBefore(column) + this.element.scrollLeft);
  }

  /** The width of what stays on the left of a column. */
  #stuckBefore(column: number): number {
    const before = this.host.columns.slice(0, column).filter((one) => one.sticky);
    return before.reduce((sum, one) => sum + one.width, this.host.head_width);
  }

  // ---- Selecting

  #select(selection: Selection | null, isShown = true): void {
    const changed = selection !== this.#selection;
    this.#selection = selection;
    if (isShown && selection) {
      this.#reveal(isSingle(selection) ? selection.active : selection.focus);
    }
    if (changed) {
      this.#draw();
      this.host.selected(selection);
    }
  }

  #reveal(cell: Cell): void {
    const height = this.host.row_height;
    const row = this.#axes.rows.indexOf(cell.row);
    const column = this.#axes.columns.indexOf(cell.column);
    if (row < 0 || column < 0) return;
    this.element.scrollTop = scrolled(this.#scrollTop, this.#roomHeight, row * height, height);
    if (this.host.columns[column]!.sticky) return;
    const stuck = this.#stuckBefore(column);
    const left = this.#lefts[column]! - stuck;
    const room = this.element.clientWidth - stuck;
    this.element.scrollLeft = scrolled(
      this.element.scrollLeft, room, left, this.host.columns[column]!.width,
    );
  }

  #isWritable = (column: ColumnKey): boolean =>
    this.host.columns.find((one) => one.key === column)?.writable ?? false;

  #read = (row: RowId, column: ColumnKey): string => this.host.read(row, column);

  // ---- Keys

  #listen(): void {
    this.element.addEventListener('scroll', () => this.#scheduleDraw(), { passive: true });
    new ResizeObserver(() => this.#scheduleDraw()).observe(this.element);
    this.#grid.addEventListener('keydown', (event) => this.#key(event));
    this.#grid.addEventListener('copy', (event) => this.#copy(event, false));
    this.#grid.addEventListener('cut', (event) => this.#copy(event, true));
    this.#grid.addEventListener('paste', (event) => this.#paste(event));
  }

  #scheduleDraw(): void {
    if (this.#drawing !== 0) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#draw();
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const command = commandFor(event);
    if (!command || !this.#selection) return;
    // The first letter goes to the editor, which has the focus by the time it arrives.
    if (command.do !== 'type') event.preventDefault();
    this.#obey(command, this.#selection);
  }

  #obey(command: Command, selection: Selection): void {
    const next = moved(command, selection, this.#axes, {
      page_rows: Math.max(1, Math.floor(this.#roomHeight / this.host.row_height) - 1),
      isBlank: (cell) => this.host.read(cell.row, cell.column) === '',
    });
    if (next) this.#select(next.selection, next.isShown);
    else this.#act(command, selection);
  }

  /** Commands that change something or open something. */
  #act(command: Command, selection: Selection): void {
    const area = rectangleOf(selection, this.#axes);
    switch (command.do) {
      case 'type':
        return this.#edit('');
      case 'edit':
        return this.#edit(null);
      case 'choose':
        return this.#edit(null, true);
      case 'clear':
        return this.#write(planFillWith('', area, this.#axes, this.#isWritable));
      case 'fill':
        return this.#write(
          planFill(command.direction, area, this.#axes, this.#read, this.#isWritable),
        );
      case 'thisWeek': {
        const value = this.host.quickValue(selection.active.column);
        if (value !== null) this.#write([{ ...selection.active, text: value }]);
        return;
      }
      case 'addRow':
        return this.host.addRow();
      case 'deleteRows':
        return this.host.removeRows(rowsIn(area, this.#axes));
      case 'undo':
        return this.host.undo();
      case 'redo':
        return this.host.redo();
      case 'open':
        return this.host.open(selection.active.row);
    }
  }

  #write(writes: Parameters<GridHost['write']>[0]): void {
    if (writes.length > 0) this.host.write(writes);
  }

  // ---- Editing one cell

  #edit(text: string | null, isList = false): void {
    const cell = this.#selection?.active;
    if (!cell) return;
    const column = this.host.columns.find((one) => one.key === cell.column);
    if (!column?.writable) {
      this.host.say(this.host.words.read_only(column?.title ?? ''));
      return;
    }
    this.#reveal(cell);
    if (isList) this.#editor.openList(cell);
    else this.#editor.open(cell, text);
    this.#placeEditor();
    this.onEditing();
  }

  #edited({ cell, text, next }: Closed): void {
    if (next !== 'away') this.focus();
    const selection = this.#selection;
    if (text !== null) {
      const isFill = next === 'fill' && selection !== null;
      const area = isFill ? rectangleOf(selection, this.#axes) : null;
      if (area) this.#write(planFillWith(text, area, this.#axes, this.#isWritable));
      else if (text !== this.host.read(cell.row, cell.column)) this.#write([{ ...cell, text }]);
    }
    const moved_on = selection && movedAfterEdit(next, selection, this.#axes);
    if (moved_on) this.#select(moved_on);
    this.onEditing();
  }

  // ---- Clipboard

  #copy(event: ClipboardEvent, isCut: boolean): void {
    if (!this.#selection || !event.clipboardData) return;
    event.preventDefault();
    const area = rectangleOf(this.#selection, this.#axes);
    const matrix = readRange(area, this.#axes, this.#read);
    event.clipboardData.setData('text/plain', formatTsv(matrix));
    event.clipboardData.setData('text/html', formatHtml(matrix));
    if (isCut) this.#write(planFillWith('', area, this.#axes, this.#isWritable));
    else this.host.say(this.host.words.copied(heightOf(area) * widthOf(area)));
  }

  #paste(event: ClipboardEvent): void {
    if (!this.#selection || !event.clipboardData) return;
    event.preventDefault();
    const matrix = parseClipboard(
      event.clipboardData.getData('text/plain'),
      event.clipboardData.getData('text/html'),
    );
    if (!matrix) return;
    const area = rectangleOf(this.#selection, this.#axes);
    const plan = planPaste(matrix, area, this.#axes, this.#isWritable);
    this.#select(selectArea(plan.area, this.#axes), false);
    this.host.paste(plan);
  }

  // ---- Mouse and touch

  /** What the pointer's gestures need of the view. */
  #surface(): GridSurface {
    return {
      element: this.element,
      head: this.#head.element,
      handle: this.#layer.handle,
      editor: this.#editor.element,
      lefts: () => this.#lefts,
      axes: () => this.#axes,
      selection: () => this.#selection,
      select: (selection, isShown) => this.#select(selection, isShown),
      edit: () => this.#edit(null),
      commit: () => this.#editor.commit(),
      write: (writes) => this.#write(writes),
      showRange: (area) => this.#showRange(area),
      redrawSelection: () => this.#drawSelection(),
      cellOf: (target) => this.#rows.cellOf(target),
      rowOf: (target) => this.#rows.rowOf(target),
      focus: () => this.focus(),
    };
  }
}
