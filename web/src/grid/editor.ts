// The editor of one cell: a text area laid over the cell, with the values that the column has
// already. It only edits text; where the selection goes afterwards is told to `closed`.
import type { Cell } from './axis';
import type { GridHost } from './host';

export type AfterEdit =
  | 'stay'
  | 'down'
  | 'up'
  | 'right'
  | 'left'
  | 'tab'
  | 'backtab'
  | 'fill' // the text goes into the whole range
  | 'away'; // the focus went elsewhere: keep the text, leave the focus

export interface Closed {
  readonly cell: Cell;
  /** null: given up. */
  readonly text: string | null;
  readonly next: AfterEdit;
}

const suggestions_max = 8;
let next_id = 1;

export class CellEditor {
  readonly element = document.createElement('div');
  readonly #area = document.createElement('textarea');
  readonly #list = document.createElement('div');
  readonly #id = `grid-list-${next_id++}`;
  #cell: Cell | null = null;
  #replacing = false; // typed over: arrows leave the cell, as in Excel
  #options: string[] = [];
  #chosen = -1;

  constructor(
    private readonly host: GridHost,
    private readonly closed: (closed: Closed) => void,
  ) {
    this.element.className = 'grid-editor';
    this.element.hidden = true;
    this.#area.rows = 1;
    this.#area.spellcheck = false;
    this.#area.autocomplete = 'off';
    this.#list.className = 'grid-list';
    this.#list.id = this.#id;
    this.#list.role = 'listbox';
    this.#list.hidden = true;
    this.element.append(this.#area, this.#list);
    this.#area.addEventListener('keydown', (event) => this.#key(event));
    this.#area.addEventListener('input', () => this.#typed());
    this.#area.addEventListener('blur', () => this.#close('away'));
    // A press on a value must not take the focus from the text area first.
    this.#list.addEventListener('pointerdown', (event) => {
      event.preventDefault();
      const index = [...this.#list.children].indexOf(event.target as Element);
      if (index >= 0) this.#take(index);
    });
  }

  get cell(): Cell | null {
    return this.#cell;
  }

  /** `text`: what stands in it at first; null: the cell's own text, caret at its end. */
  open(cell: Cell, text: string | null): void {
    const column = this.host.columns.find((one) => one.key === cell.column);
    this.#cell = cell;
    this.#replacing = text !== null;
    this.#area.value = text ?? this.host.read(cell.row, cell.column);
    this.#area.setAttribute('aria-label', column?.title ?? '');
    this.#area.setAttribute('aria-autocomplete', column?.suggest ? 'list' : 'none');
    if (column?.suggest) this.#area.setAttribute('aria-controls', this.#id);
    else this.#area.removeAttribute('aria-controls');
    this.element.hidden = false;
    this.#area.focus({ preventScroll: true });
    this.#area.setSelectionRange(this.#area.value.length, this.#area.value.length);
    this.#offer(text === '' ? [] : this.#matching());
    this.#grow();
  }

  /** All values of the column, to choose from with the arrows. */
  openList(cell: Cell): void {
    this.open(cell, null);
    this.#offer(this.host.suggestions(cell.column, '').slice(0, suggestions_max));
    this.#choose(0);
  }

  place(left: number, top: number, width: number, height: number): void {
    const style = this.element.style;
    style.transform = `translate(${left}px, ${top}px)`;
    style.minWidth = `${width}px`;
    style.minHeight = `${height}px`;
    this.#area.style.minWidth = `${width}px`;
    this.#area.style.minHeight = `${height}px`;
    this.#grow();
  }

  renameRow(from: number, to: number): void {
    if (this.#cell?.row === from) this.#cell = { ...this.#cell, row: to };
  }

  commit(): void {
    this.#close('stay');
  }

  #close(next: AfterEdit, isKept = true): void {
    const cell = this.#cell;
    if (!cell) return;
    this.#cell = null;
    this.#offer([]);
    this.element.hidden = true;
    this.closed({ cell, text: isKept ? this.#area.value : null, next });
  }

  #key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.isComposing) return;
    if (this.#options.length > 0 && this.#listKey(event)) {
      event.preventDefault();
      return;
    }
    const next = this.#leaving(event);
    if (next === null) return;
    event.preventDefault();
    this.#close(next, event.key !== 'Escape');
  }

  #leaving(event: KeyboardEvent): AfterEdit | null {
    switch (event.key) {
      case 'Enter':
        if (event.altKey) {
          this.#area.setRangeText('\n', this.#area.selectionStart, this.#area.selectionEnd, 'end');
          event.preventDefault();
          this.#typed();
          return null;
        }
        if (event.ctrlKey || event.metaKey) return 'fill';
        return event.shiftKey ? 'up' : 'down';
      case 'Tab':
        return event.shiftKey ? 'backtab' : 'tab';
      case 'Escape':
        return 'stay';
      case 'F2':
        this.#replacing = !this.#replacing;
        return null;
      case 'ArrowUp':
        return this.#replacing ? 'up' : null;
      case 'ArrowDown':
        return this.#replacing ? 'down' : null;
      case 'ArrowLeft':
        return this.#replacing ? 'left' : null;
      case 'ArrowRight':
        return this.#replacing ? 'right' : null;
      default:
        return null;
    }
  }

  /** True if the key belonged to the list of values. */
  #listKey(event: KeyboardEvent): boolean {
    const isOpenKey = event.altKey || this.#chosen >= 0;
    if (event.key === 'ArrowDown' && isOpenKey) {
      this.#choose(Math.min(this.#options.length - 1, this.#chosen + 1));
    } else if (event.key === 'ArrowUp' && isOpenKey) {
      this.#choose(this.#chosen - 1);
    } else if ((event.key === 'Enter' || event.key === 'Tab') && this.#chosen >= 0) {
      this.#area.value = this.#options[this.#chosen]!;
      this.#close(event.key === 'Tab' ? 'tab' : 'down');
    } else if (event.key === 'Escape' && this.#chosen >= 0) {
      this.#offer([]);
    } else {
      return false;
    }
    return true;
  }

  #take(index: number): void {
    this.#area.value = this.#options[index] ?? this.#area.value;
    this.#close('stay');
  }

  #typed(): void {
    this.#offer(this.#matching());
    this.#grow();
  }

  #matching(): string[] {
    const cell = this.#cell;
    const column = this.host.columns.find((one) => one.key === cell?.column);
    if (!cell || !column?.suggest || this.#area.value === '') return [];
    const found = this.host.suggestions(cell.column, this.#area.value);
    return found.filter((text) => text !== this.#area.value).slice(0, suggestions_max);
  }

  #offer(options: string[]): void {
    this.#options = options;
    this.#list.replaceChildren(
      ...options.map((text, index) => {
        const option = document.createElement('div');
        option.role = 'option';
        option.id = `${this.#id}-${index}`;
        option.textContent = text;
        return option;
      }),
    );
    this.#list.hidden = options.length === 0;
    this.#choose(-1);
  }

  #choose(index: number): void {
    this.#chosen = index;
    [...this.#list.children].forEach((option, i) =>
      option.setAttribute('aria-selected', String(i === index)),
    );
    if (index >= 0) this.#area.setAttribute('aria-activedescendant', `${this.#id}-${index}`);
    else this.#area.removeAttribute('aria-activedescendant');
  }

  #grow(): void {
    this.#area.style.height = 'auto';
    this.#area.style.height = `${Math.min(320, this.#area.scrollHeight)}px`;
  }
}
