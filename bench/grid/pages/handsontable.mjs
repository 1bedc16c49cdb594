import 'handsontable/styles/handsontable.min.css';
import 'handsontable/styles/ht-theme-main.min.css';
import Handsontable from 'handsontable';
import { inDocument, offer } from './page.mjs';
import { columns, row_height } from './rows.mjs';

let table;

offer({
  ...inDocument,
  open(place, rows) {
    const box = document.createElement('div');
    place.append(box);
    table = new Handsontable(box, {
      data: rows,
      columns: columns.map(({ key }) => ({ data: key, type: 'text' })),
      colHeaders: columns.map(({ title }) => title),
      colWidths: columns.map(({ width }) => width),
      rowHeaders: true,
      rowHeights: row_height,
      autoRowSize: false,
      autoColumnSize: false,
      width: place.clientWidth,
      height: place.clientHeight,
      themeName: 'ht-theme-main',
      licenseKey: 'non-commercial-and-evaluation',
    });
  },
  update: (changes) =>
    table.setDataAtRowProp(changes.map(({ index, key, text }) => [index, key, text])),
  textAt: (index, key) => table.getDataAtRowProp(index, key),
});
