import '@glideapps/glide-data-grid/dist/index.css';
import { DataEditor, GridCellKind } from '@glideapps/glide-data-grid';
import { createElement, createRef } from 'react';
import { createRoot } from 'react-dom/client';
import { offer } from './page.mjs';
import { columns, row_height } from './rows.mjs';

const editor = createRef();
let source;
let last = '';

const cellAt = ([column, row]) => {
  const data = source[row][columns[column].key];
  return {
    kind: GridCellKind.Text, data, displayData: data, allowOverlay: true, allowWrapping: false,
  };
};

offer({
  open(place, rows) {
    source = rows;
    const portal = document.createElement('div');
    portal.id = 'portal';
    portal.style.cssText = 'position: fixed; left: 0; top: 0; z-index: 9';
    document.body.append(portal);
    createRoot(place).render(createElement(DataEditor, {
      ref: editor,
      columns: columns.map(({ key, title, width }) => ({ id: key, title, width })),
      rows: rows.length,
      rowHeight: row_height,
      headerHeight: row_height,
      width: place.clientWidth,
      height: place.clientHeight,
      rowMarkers: 'number',
      getCellContent: cellAt,
      getCellsForSelection: true,
      onPaste: true,
      onCellsEdited: (edits) => {
        for (const { location: [column, row], value } of edits) {
          source[row][columns[column].key] = value.data;
        }
        return true;
      },
    }));
  },
  update(changes) {
    const number = columns.findIndex(({ key }) => key === changes[0].key);
    for (const { index, key, text } of changes) source[index][key] = text;
    last = changes[0].text;
    editor.current.updateCells(changes.map(({ index }) => ({ cell: [number, index] })));
  },
  // It draws on a canvas: the document cannot tell when; a frame after the call is taken as drawn.
  isDrawn: (place) => place.querySelector('canvas') !== null && editor.current !== null,
  shows: (place, text) => last === text,
  textAt: (index, key) => source[index][key],
});
