// What the driver (compare.mjs) calls in the browser, the same for every grid. A grid's own file gives
//   rowsOf(rows)           the rows in the form that it wants, if it is another one
//   open(place, rows)      shows the rows; a promise where the grid is made late
//   update(changes)        [{index, id, key, text}] from elsewhere, as the grid's manual says it is done
//   textAt(index, key)     what the grid holds now, for the clipboard's check
import { makeRows } from './rows.mjs';

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** Two frames: what was put into the document has been painted. */
async function painted() {
  await frame();
  await frame();
}

export function offer(grid) {
  const place = document.querySelector('#place');
  window.bench = {
    async mount(count) {
      const rows = grid.rowsOf ? grid.rowsOf(makeRows(count)) : makeRows(count);
      await painted();
      window.gc?.(); // what the rows themselves left behind is nobody's cost
      const start = performance.now();
      await grid.open(place, rows);
      while (!grid.isDrawn(place)) await frame();
      await frame();
      return performance.now() - start;
    },
    async update(count, text) {
      const changes = Array.from({ length: count }, (_, index) => ({
        index, id: index + 1, key: 'status', text,
      }));
      const start = performance.now();
      await grid.update(changes);
      while (!grid.shows(place, text)) await frame();
      await frame();
      return performance.now() - start;
    },
    textAt: (index, key) => grid.textAt(index, key),
    scrollTop: () => Math.max(...[place, ...place.querySelectorAll('*')].map((one) => one.scrollTop)),
    elements: () => document.querySelectorAll('*').length,
  };
}

/** For grids that draw elements. */
export const inDocument = {
  isDrawn: (place) => place.textContent.includes('000001'),
  shows: (place, text) => place.textContent.includes(text),
};
