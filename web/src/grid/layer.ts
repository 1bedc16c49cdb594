// What lies over the table and is no part of it: the frame around the selected range with its fill
// handle; the editor goes in here too.
import { type Rectangle, heightOf } from './axis';

export class GridLayer {
  readonly element = document.createElement('div');
  readonly handle = document.createElement('div');
  readonly #range = document.createElement('div');

  constructor() {
    this.element.className = 'grid-layer';
    this.#range.className = 'grid-range';
    this.handle.className = 'grid-fill';
    this.#range.append(this.handle);
    this.element.append(this.#range);
  }

  /** `lefts`: of each column, and the full width at the end. Nothing hides it. */
  showRange(area: Rectangle | null, lefts: readonly number[], row_height: number): void {
    this.#range.hidden = area === null;
    if (!area) return;
    const left = lefts[area.left]!;
    this.#range.style.transform = `translate(${left}px, ${area.top * row_height}px)`;
    this.#range.style.width = `${lefts[area.right + 1]! - left}px`;
    this.#range.style.height = `${heightOf(area) * row_height}px`;
  }
}
