// The grid on the screen: rows of equal height, of which only those in sight are in the document.
// It draws what the host holds and turns keys, mouse, touch and clipboard into the host's verbs;
// what they mean is decided by the pure files beside it. Rows and columns are kept by key.
import { type Axes, Axis, type Cell, type ColumnKey, type Rectangle, type RowId } from './axis';
import { contains, heightOf, widthOf } from './axis';
import { planFill, planFillWith, planPaste, readRange } from './change';
import { formatHtml, formatTsv, parseClipboard } from './clipboard';
import { type AfterEdit, CellEditor, type Closed } from './editor';
import { GridHead, divide, styleCell } from './head';
import type { GridHost } from './host';
import { type Command, commandFor } from './keys';
import { GridPointer, type GridSurface } from './pointer';
import {
  type Selection,
  enter,
  extendTo,
  isSingle,
  jump,
  move,
  moveBy,
  moveToEdge,
  rectangleOf,
  renameRow,
  rowsIn,
  selectAll,
  selectCell,
  selectColumns,
  selectRows,
  settle,
  tab,
} from './selection';

const overscan_rows = 8;

interface ShownRow {
  readonly row: RowId;
  readonly element: HTMLElement;
  readonly head: HTMLElement;
  readonly cells: HTMLElement[];
  index: number;
}

let next_view = 1;

export class GridView {
  /** Scrolls; holds the grid itself and a layer over it. */
  readonly element = document.createElement('div');
  readonly #grid = divide('grid-table', 'grid');
  readonly #layer = document.createElement('div'); // what is no part of the table: range, editor
  readonly #body = divide('grid-body', 'rowgroup');
  readonly #head: GridHead;
  readonly #range = document.createElement('div');
  readonly #handle = document.createElement('div');
  readonly #editor: CellEditor;
  readonly #prefix = `grid${next_view++}`;
  #lefts: number[] = []; // of each column, and the full width at the end
  #axes: Axes;
  #selection: Selection | null = null;
  #shown = new Map<RowId, ShownRow>();
  #blank!: HTMLElement; // of relayout()
  #drawing = 0;

  constructor(private readonly host: GridHost) {
    this.#axes = host.axes();
    this.#head = new GridHead(host);
    this.#editor = new CellEditor(host, (closed) => this.#edited(closed));
    this.#range.className = 'grid-range';
    this.#handle.className = 'grid-fill';
    this.#range.append(this.#handle);
    this.#layer.className = 'grid-layer';
    this.element.className = 'grid';
    this.#grid.tabIndex = 0;
    this.#grid.setAttribute('aria-label', host.words.grid);
    this.#grid.setAttribute('aria-multiselectable', 'true');
    this.#grid.append(this.#head.element, this.#body);
    this.#layer.append(this.#range, this.#editor.element);
    this.element.append(this.#grid, this.#layer);
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

  get selection(): Selection | null {
    return this.#selection;
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
    this.#blank = this.#blankRow();
    for (const shown of this.#shown.values()) shown.element.remove();
    this.#shown.clear();
    this.refresh();
  }

  /** Rows came, went or stand in another order. What is in sight stays where it is. */
  refresh(): void {
    if (this.host.head_width !== this.#lefts[0]) return this.relayout();
    const before = this.#axes;
    const after = this.host.axes();
    const height = this.host.row_height;
    const anchor = before.rows === after.rows ? null : this.#anchorRow(before, after);
    const offset = anchor === null ? 0 : before.rows.indexOf(anchor) * height - this.#scrollTop;
    this.#axes = after;
    this.#body.style.height = `${after.rows.length * height}px`;
    this.#body.style.width = `${this.#lefts.at(-1)}px`;
    this.#grid.setAttribute('aria-rowcount', String(after.rows.length + 1));
    this.#grid.setAttribute('aria-colcount', String(after.columns.length + 1));
    if (anchor !== null) {
      const top = after.rows.indexOf(anchor) * height - offset;
      if (top !== this.#scrollTop) this.element.scrollTop = top;
    }
    this.#select(settle(this.#selection, before, after), false);
    this.#draw(true);
  }

  /** A row that stays and should not move on the screen: the active one if seen, else the first. */
  #anchorRow(before: Axes, after: Axes): RowId | null {
    if (before.rows.length === 0) return null;
    const [first, last] = this.#seen(before);
    const active = this.#selection?.active.row;
    const index = active === undefined ? -1 : before.rows.indexOf(active);
    if (active !== undefined && index >= first && index <= last && after.rows.has(active)) {
      return active;
    }
    for (let i = first; i <= last; ++i) {
      const row = before.rows.keys[i];
      if (row !== undefined && after.rows.has(row)) return row;
    }
    return null;
  }

  repaint(rows: ReadonlySet<RowId>): void {
    for (const row of rows) {
      const shown = this.#shown.get(row);
      if (shown) this.#paintRow(shown);
    }
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

  /** First and last row in sight. */
  #seen(axes: Axes): [number, number] {
    const height = this.host.row_height;
    const first = Math.floor(this.#scrollTop / height);
    const last = Math.ceil((this.#scrollTop + this.#roomHeight) / height);
    return [Math.max(0, first), Math.min(axes.rows.length - 1, last)];
  }

  #draw(everything = false): void {
    if (!this.element.isConnected) return; // nothing is in sight
    const [first, last] = this.#seen(this.#axes);
    // At first what is in sight, so that it is there soon; what is beside it a frame later.
    const beside = this.#shown.size === 0 ? 0 : overscan_rows;
    if (beside === 0 && last + 1 < this.#axes.rows.length) this.#scheduleDraw();
    const from = Math.max(0, first - beside);
    const to = Math.min(this.#axes.rows.length - 1, last + beside);
    const wanted = new Set(this.#axes.rows.keys.slice(from, to + 1));
    const spare: ShownRow[] = [];
    const added: HTMLElement[] = [];
    for (const [row, shown] of this.#shown) {
      if (wanted.has(row)) continue;
      spare.push(shown);
      this.#shown.delete(row);
    }
    for (let index = from; index <= to; ++index) {
      const row = this.#axes.rows.keys[index]!;
      const known = this.#shown.get(row);
      if (known && known.index === index && !everything) continue;
      const shown = known ?? this.#reuse(spare.pop(), row);
      if (shown.index < 0) added.push(shown.element);
      this.#shown.set(row, shown);
      shown.index = index;
      shown.element.style.transform = `translateY(${index * this.host.row_height}px)`;
      shown.element.setAttribute('aria-rowindex', String(index + 2));
      shown.element.classList.toggle('is-odd', index % 2 === 1);
      this.#paintRow(shown);
    }
    for (const shown of spare) shown.element.remove();
    this.#body.append(...added);
    this.#drawSelection();
  }

  /** A row without texts: all others are copies of it, which is quicker than making each. */
  #blankRow(): HTMLElement {
    const element = divide('grid-row', 'row');
    const head = divide('grid-cell grid-rowhead', 'rowheader');
    head.setAttribute('aria-colindex', '1');
    element.append(head);
    this.host.columns.forEach((column, index) => {
      const cell = divide('grid-cell', 'gridcell');
      cell.setAttribute('aria-colindex', String(index + 2));
      cell.setAttribute('aria-selected', 'false');
      if (!column.writable) cell.setAttribute('aria-readonly', 'true');
      styleCell(cell, this.host, index);
      element.append(cell);
    });
    return element;
  }

  #reuse(old: ShownRow | undefined, row: RowId): ShownRow {
    if (old) return { ...old, row };
    const element = this.#blank.cloneNode(true) as HTMLElement;
    const [head, ...cells] = element.children as unknown as HTMLElement[];
    return { row, element, head: head!, cells, index: -1 };
  }

  #paintRow(shown: ShownRow): void {
    this.host.paintRowHead(shown.head, shown.row, shown.index);
    this.host.columns.forEach((column, index) => {
      this.host.paint(shown.cells[index]!, shown.row, column.key);
    });
  }

  #idOf(cell: Cell): string {
    return `${this.#prefix}_${cell.row}_${cell.column}`;
  }

  #drawSelection(): void {
    const selection = this.#selection;
    const area = selection ? rectangleOf(selection, this.#axes) : null;
    let active_id = '';
    for (const shown of this.#shown.values()) {
      this.host.columns.forEach((column, index) => {
        const cell = shown.cells[index]!;
        const isIn = area !== null && contains(area, shown.index, index);
        const isActive =
          selection?.active.row === shown.row && selection.active.column === column.key;
        if (cell.classList.contains('is-in') !== isIn) {
          cell.classList.toggle('is-in', isIn);
          cell.setAttribute('aria-selected', String(isIn));
        }
        if (isActive) active_id = this.#idOf(selection.active);
        if (isActive || cell.id !== '') {
          cell.classList.toggle('is-active', isActive);
          if (isActive) cell.id = active_id;
          else cell.removeAttribute('id');
        }
      });
      const isRowIn = area !== null && shown.index >= area.top && shown.index <= area.bottom;
      shown.head.classList.toggle('is-in', isRowIn);
    }
    if (active_id === '') this.#grid.removeAttribute('aria-activedescendant');
    else this.#grid.setAttribute('aria-activedescendant', active_id);
    this.#range.hidden = area === null || this.#axes.rows.length === 0;
    if (area) this.#placeRange(area);
    this.#placeEditor();
  }

  #placeRange(area: Rectangle): void {
    const height = this.host.row_height;
    const left = this.#lefts[area.left]!;
    this.#range.style.transform = `translate(${left}px, ${area.top * height}px)`;
    this.#range.style.width = `${this.#lefts[area.right + 1]! - left}px`;
    this.#range.style.height = `${heightOf(area) * height}px`;
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
    const before = this.host.columns.slice(0, column).filter((one) => one.sticky);
    const stuck = before.reduce((sum, one) => sum + one.width, this.host.head_width);
    return Math.max(left, stuck + this.element.scrollLeft);
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
    const top = row * height;
    const room = this.#roomHeight;
    if (top < this.#scrollTop) this.element.scrollTop = top;
    else if (top + height > this.#scrollTop + room) this.element.scrollTop = top + height - room;
    if (this.host.columns[column]!.sticky) return;
    const stuck = this.host.columns
      .filter((one, index) => one.sticky && index < column)
      .reduce((sum, one) => sum + one.width, this.host.head_width);
    const left = this.#lefts[column]!;
    const right = this.#lefts[column + 1]!;
    if (left - stuck < this.element.scrollLeft) this.element.scrollLeft = left - stuck;
    else if (right > this.element.scrollLeft + this.element.clientWidth) {
      this.element.scrollLeft = right - this.element.clientWidth;
    }
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
    const axes = this.#axes;
    switch (command.do) {
      case 'move':
        return command.jump
          ? this.#select(
              jump(selection, axes, command.direction, command.extend, (cell) =>
                this.#isBlank(cell),
              ),
            )
          : this.#select(move(selection, axes, command.direction, command.extend));
      case 'page': {
        const rows = Math.max(1, Math.floor(this.#roomHeight / this.host.row_height) - 1);
        const step = command.direction === 'down' ? rows : -rows;
        return this.#select(moveBy(selection, axes, step, 0, command.extend));
      }
      case 'edge':
        return this.#select(moveToEdge(selection, axes, command.edge, command.far, command.extend));
      case 'tab':
        return this.#select(tab(selection, axes, command.backward));
      case 'enter':
        return this.#select(enter(selection, axes, command.backward));
      case 'all':
        return this.#select(selectAll(axes, selection.active), false);
      case 'row': {
        const { anchor, focus, active } = selection;
        return this.#select(selectRows(axes, anchor.row, focus.row, active), false);
      }
      case 'column': {
        const { anchor, focus, active } = selection;
        return this.#select(selectColumns(axes, anchor.column, focus.column, active), false);
      }
      case 'cancel':
        return this.#select(selectCell(selection.active));
      default:
        return this.#act(command, selection);
    }
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

  #isBlank(cell: Cell): boolean {
    return this.host.read(cell.row, cell.column) === '';
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
    if (selection) this.#moveAfterEdit(selection, next);
    this.onEditing();
  }

  #moveAfterEdit(selection: Selection, next: AfterEdit): void {
    switch (next) {
      case 'down':
      case 'up':
        return this.#select(enter(selection, this.#axes, next === 'up'));
      case 'tab':
      case 'backtab':
        return this.#select(tab(selection, this.#axes, next === 'backtab'));
      case 'left':
      case 'right':
        return this.#select(move(selectCell(selection.active), this.#axes, next, false));
      default:
        return;
    }
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
    const { top, left, bottom, right } = plan.area;
    const corner = (row: number, column: number): Cell => ({
      row: this.#axes.rows.at(row)!,
      column: this.#axes.columns.at(column)!,
    });
    this.#select(extendTo(selectCell(corner(top, left)), corner(bottom, right)), false);
    this.host.paste(plan);
  }

  // ---- Mouse and touch

  /** What the pointer's gestures need of the view. */
  #surface(): GridSurface {
    return {
      element: this.element,
      head: this.#head.element,
      handle: this.#handle,
      editor: this.#editor.element,
      lefts: () => this.#lefts,
      axes: () => this.#axes,
      selection: () => this.#selection,
      select: (selection, isShown) => this.#select(selection, isShown),
      edit: () => this.#edit(null),
      commit: () => this.#editor.commit(),
      write: (writes) => this.#write(writes),
      showRange: (area) => this.#placeRange(area),
      redrawSelection: () => this.#drawSelection(),
      cellOf: (target) => this.#cellOf(target),
      rowOf: (target) => this.#rowOf(target),
      focus: () => this.focus(),
    };
  }

  #cellOf(target: EventTarget | null): Cell | null {
    const element = (target as Element | null)?.closest?.<HTMLElement>('[role=gridcell]');
    if (!element) return null;
    for (const shown of this.#shown.values()) {
      const index = shown.cells.indexOf(element);
      if (index >= 0) return { row: shown.row, column: this.host.columns[index]!.key };
    }
    return null;
  }

  #rowOf(target: EventTarget | null): RowId | null {
    const head = (target as Element | null)?.closest?.('[role=rowheader]');
    for (const shown of this.#shown.values()) {
      if (shown.head === head) return shown.row;
    }
    return null;
  }
}
