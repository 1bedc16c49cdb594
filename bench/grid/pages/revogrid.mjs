import { defineCustomElements } from '@revolist/revogrid/loader';
import { inDocument, offer } from './page.mjs';
import { columns, row_height } from './rows.mjs';

defineCustomElements();
let grid;
let source;

offer({
  ...inDocument,
  open(place, rows) {
    source = rows;
    grid = document.createElement('revo-grid');
    Object.assign(grid, {
      columns: columns.map(({ key, title, width }) => ({ prop: key, name: title, size: width })),
      source, range: true, rowHeaders: true, rowSize: row_height, theme: 'compact',
    });
    grid.style.height = '100%';
    place.append(grid);
  },
  async update(changes) {
    for (const { index, key, text } of changes) source[index][key] = text;
    await grid.refresh();
  },
  textAt: async (index, key) => (await grid.getSource())[index][key],
});
