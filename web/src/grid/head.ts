// The grid's heading row: sorts on a press, changes a column's width at its right edge, and moves a
// column when its heading is pulled. The same is in the view's dialog for those without a mouse.
import type { ColumnKey } from './axis';
import type { GridHost } from './host';

const pull_min = 6; // pixels before a press counts as a pull

export function divide(className: string, role: string): HTMLDivElement {
  const element = document.createElement('div');
  element.className = className;
  element.role = role;
  return element;
}

/** Class and place of a cell, which its column decides. */
export function styleCell(cell: HTMLElement, host: GridHost, index: number): void {
  const column = host.columns[index]!;
  cell.classList.toggle('is-end', column.align === 'end');
  cell.classList.toggle('is-sticky', column.sticky === true);
  if (!column.sticky) return;
  const before = host.columns.slice(0, index).filter((one) => one.sticky);
  cell.style.left = `${before.reduce((sum, one) => sum + one.width, host.head_width)}px`;
}

interface Pull {
  readonly key: ColumnKey;
  readonly kind: 'width' | 'place';
  readonly x: number;
  readonly width: number;
  moved: boolean;
}

export class GridHead {
  readonly element = divide('grid-head', 'rowgroup');
  #pull: Pull | null = null;
  #wasPulled = false;

  constructor(private readonly host: GridHost) {
    this.element.addEventListener('pointerdown', (event) => this.#press(event));
    this.element.addEventListener('pointermove', (event) => this.#move(event));
    this.element.addEventListener('pointerup', (event) => this.#release(event));
    this.element.addEventListener('pointercancel', () => (this.#pull = null));
    this.element.addEventListener('click', (event) => this.#click(event));
  }

  build(): void {
    const row = divide('grid-row', 'row');
    row.setAttribute('aria-rowindex', '1');
    const corner = divide('grid-cell grid-rowhead', 'columnheader');
    corner.setAttribute('aria-colindex', '1');
    corner.textContent = '#';
    corner.title = this.host.words.row_number;
    row.append(corner);
    this.host.columns.forEach((column, index) => {
      const cell = divide('grid-cell', 'columnheader');
      cell.dataset['column'] = column.key;
      cell.setAttribute('aria-colindex', String(index + 2));
      cell.title = this.host.words.sort_by(column.title);
      const label = document.createElement('span');
      label.textContent = column.title;
      const grip = document.createElement('span');
      grip.className = 'grid-grip';
      cell.append(label, grip);
      styleCell(cell, this.host, index);
      row.append(cell);
    });
    this.element.replaceChildren(row);
    this.repaint();
  }

  repaint(): void {
    for (const cell of this.#cells()) {
      cell.setAttribute('aria-sort', this.host.sortOf(cell.dataset['column']!) ?? 'none');
    }
  }

  #cells(): HTMLElement[] {
    return [...this.element.querySelectorAll<HTMLElement>('[data-column]')];
  }

  #press(event: PointerEvent): void {
    const cell = (event.target as Element).closest<HTMLElement>('[data-column]');
    if (event.button !== 0 || !cell || event.pointerType === 'touch') return;
    const key = cell.dataset['column']!;
    const kind = (event.target as Element).className === 'grid-grip' ? 'width' : 'place';
    this.#pull = { key, kind, x: event.clientX, width: cell.offsetWidth, moved: false };
    this.#wasPulled = false;
    event.stopPropagation(); // no selecting from here
  }

  #move(event: PointerEvent): void {
    const pull = this.#pull;
    if (!pull) return;
    const by = event.clientX - pull.x;
    if (!pull.moved && Math.abs(by) < pull_min) return;
    if (!pull.moved) this.element.setPointerCapture(event.pointerId);
    pull.moved = true;
    if (pull.kind === 'width') this.host.resizeColumn(pull.key, pull.width + by);
    else this.#showTarget(this.#under(event.clientX));
  }

  #release(event: PointerEvent): void {
    const pull = this.#pull;
    this.#pull = null;
    this.#showTarget(null);
    if (!pull?.moved) return;
    this.#wasPulled = true;
    const target = pull.kind === 'place' ? this.#under(event.clientX) : null;
    if (target !== null && target !== pull.key) this.host.moveColumn(pull.key, target);
  }

  #under(x: number): ColumnKey | null {
    const found = this.#cells().find((cell) => {
      const box = cell.getBoundingClientRect();
      return x >= box.left && x < box.right;
    });
    return found?.dataset['column'] ?? null;
  }

  #showTarget(key: ColumnKey | null): void {
    for (const cell of this.#cells()) {
      cell.classList.toggle('is-target', cell.dataset['column'] === key);
    }
  }

  #click(event: MouseEvent): void {
    const key = (event.target as Element).closest<HTMLElement>('[data-column]')?.dataset['column'];
    if (key && !this.#wasPulled && (event.target as Element).className !== 'grid-grip') {
      this.host.sort(key);
    }
    this.#wasPulled = false;
  }
}
