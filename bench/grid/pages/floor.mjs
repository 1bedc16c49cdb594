// The floor: one element as tall as the rows, nothing in it. What this browser can scroll at all.
import { offer } from './page.mjs';
import { row_height } from './rows.mjs';

offer({
  open(place, rows) {
    place.style.overflow = 'auto';
    const tall = document.createElement('div');
    tall.style.height = `${rows.length * row_height}px`;
    place.append(tall);
  },
  update: () => undefined,
  isDrawn: () => true,
  shows: () => true,
  textAt: () => '',
});
