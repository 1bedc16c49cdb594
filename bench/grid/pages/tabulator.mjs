import 'tabulator-tables/dist/css/tabulator.min.css';
import { TabulatorFull } from 'tabulator-tables';
import { inDocument, offer } from './page.mjs';
import { columns, row_height } from './rows.mjs';

let table;

offer({
  ...inDocument,
  open(place, rows) {
    const box = document.createElement('div');
    place.append(box);
    table = new TabulatorFull(box, {
      data: rows,
      columns: columns.map(({ key, title, width }) => ({
        field: key, title, width, editor: 'input',
      })),
      rowHeader: { formatter: 'rownum', width: 56, frozen: true, headerSort: false },
      height: '100%',
      rowHeight: row_height,
      history: true,
      selectableRange: 1,
      selectableRangeColumns: true,
      selectableRangeRows: true,
      editTriggerEvent: 'dblclick',
      clipboard: true,
      clipboardCopyStyled: false,
      clipboardCopyRowRange: 'range',
      clipboardPasteParser: 'range',
      clipboardPasteAction: 'range',
    });
    return new Promise((resolve) => table.on('tableBuilt', resolve));
  },
  update: (changes) => table.updateData(changes.map(({ id, key, text }) => ({ id, [key]: text }))),
  textAt: (index, key) => table.getRow(index + 1).getData()[key],
});
