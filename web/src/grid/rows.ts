// The rows that are in the document: those in sight and a few beside them. Each is a copy of a blank
// row, and is used again for another one when it leaves the sight.
import { type Axes, type Cell, type Rectangle, type RowId, contains } from './axis';
import { divide, styleCell } from './head';
import type { GridHost } from './host';
import type { Selection } from './selection';

interface ShownRow {
  readonly row: RowId;
  readonly element: HTMLElement;
  readonly head: HTMLElement;
  readonly cells: HTMLElement[];
  index: number;
}

export class GridRows {
  readonly element = divide('grid-body', 'rowgroup');
  #shown = new Map<RowId, ShownRow>();
  #blank!: HTMLElement; // of rebuild()

  /** `prefix`: what the ids of cells begin with. */
  constructor(
    private readonly host: GridHost,
    private readonly prefix: string,
  ) {}

  get isEmpty(): boolean {
    return this.#shown.size === 0;
  }

  /** Columns or heights are others. */
  rebuild(): void {
    this.#blank = this.#blankRow();
    for (const shown of this.#shown.values()) shown.element.remove();
    this.#shown.clear();
  }

  /** These rows and no others; `everything`: those that stand there already are painted anew. */
  show(axes: Axes, from: number, to: number, everything: boolean): void {
    const wanted = new Set(axes.rows.keys.slice(from, to + 1));
    const spare: ShownRow[] = [];
    const added: HTMLElement[] = [];
    for (const [row, shown] of this.#shown) {
      if (wanted.has(row)) continue;
      spare.push(shown);
      this.#shown.delete(row);
    }
    for (let index = from; index <= to; ++index) {
      const row = axes.rows.keys[index]!;
      const known = this.#shown.get(row);
      if (known && known.index === index && !everything) continue;
      const shown = known ?? this.#reuse(spare.pop(), row);
      if (shown.index < 0) added.push(shown.element);
      this.#shown.set(row, shown);
      shown.index = index;
      shown.element.style.transform = `translateY(${index * this.host.row_height}px)`;
      shown.element.setAttribute('aria-rowindex', String(index + 2));
      shown.element.classList.toggle('is-odd', index % 2 === 1);
      this.#paint(shown);
    }
    for (const shown of spare) shown.element.remove();
    this.element.append(...added);
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

  repaint(rows: ReadonlySet<RowId>): void {
    for (const row of rows) {
      const shown = this.#shown.get(row);
      if (shown) this.#paint(shown);
    }
  }

  #paint(shown: ShownRow): void {
    this.host.paintRowHead(shown.head, shown.row, shown.index);
    this.host.columns.forEach((column, index) => {
      this.host.paint(shown.cells[index]!, shown.row, column.key);
    });
  }

  /** Shows what is selected. The id of the active cell's element; '' if it is out of sight. */
  mark(selection: Selection | null, area: Rectangle | null): string {
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
        if (isActive) active_id = `${this.prefix}_${shown.row}_${column.key}`;
        if (isActive || cell.id !== '') {
          cell.classList.toggle('is-active', isActive);
          if (isActive) cell.id = active_id;
          else cell.removeAttribute('id');
        }
      });
      const isRowIn = area !== null && shown.index >= area.top && shown.index <= area.bottom;
      shown.head.classList.toggle('is-in', isRowIn);
    }
    return active_id;
  }

  // ---- What is under the pointer

  cellOf(target: EventTarget | null): Cell | null {
    const element = (target as Element | null)?.closest?.<HTMLElement>('[role=gridcell]');
    if (!element) return null;
    for (const shown of this.#shown.values()) {
      const index = shown.cells.indexOf(element);
      if (index >= 0) return { row: shown.row, column: this.host.columns[index]!.key };
    }
    return null;
  }

  rowOf(target: EventTarget | null): RowId | null {
    const head = (target as Element | null)?.closest?.('[role=rowheader]');
    for (const shown of this.#shown.values()) {
      if (shown.head === head) return shown.row;
    }
    return null;
  }
}
