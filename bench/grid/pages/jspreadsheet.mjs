import 'jspreadsheet-ce/dist/jspreadsheet.css';
import 'jsuites/dist/jsuites.css';
import jspreadsheet from 'jspreadsheet-ce';
import { inDocument, offer } from './page.mjs';
import { columns } from './rows.mjs';

let sheet;
const number = (key) => columns.findIndex((column) => column.key === key);

offer({
  ...inDocument,
  rowsOf: (rows) => rows.map((row) => columns.map(({ key }) => row[key])),
  open(place, rows) {
    [sheet] = jspreadsheet(place, {
      worksheets: [{
        data: rows,
        columns: columns.map(({ title, width }) => ({ type: 'text', title, width })),
        minDimensions: [columns.length, 1],
        tableOverflow: true,
        tableWidth: `${place.clientWidth}px`,
        tableHeight: `${place.clientHeight}px`,
        lazyLoading: true,
        parseFormulas: false,
      }],
    });
  },
  update(changes) {
    for (const { index, key, text } of changes) {
      sheet.setValueFromCoords(number(key), index, text, true);
    }
  },
  textAt: (index, key) => sheet.getValueFromCoords(number(key), index),
});
