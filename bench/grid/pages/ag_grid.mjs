import {
  ClientSideRowModelApiModule, ClientSideRowModelModule, ModuleRegistry, RowApiModule,
  TextEditorModule, UndoRedoEditModule, createGrid,
} from 'ag-grid-community';
import { inDocument, offer } from './page.mjs';
import { columns, row_height } from './rows.mjs';

ModuleRegistry.registerModules([
  ClientSideRowModelModule, ClientSideRowModelApiModule, RowApiModule, TextEditorModule,
  UndoRedoEditModule,
]);

let api;

offer({
  ...inDocument,
  open(place, rows) {
    api = createGrid(place, {
      columnDefs: columns.map(({ key, title, width }) => ({
        field: key, headerName: title, width, editable: true,
      })),
      rowData: rows,
      rowHeight: row_height,
      headerHeight: row_height,
      getRowId: ({ data }) => String(data.id),
    });
  },
  update(changes) {
    api.applyTransaction({
      update: changes.map(({ id, key, text }) => ({
        ...api.getRowNode(String(id)).data, [key]: text,
      })),
    });
  },
  textAt: (index, key) => api.getDisplayedRowAtIndex(index).data[key],
});
