// Where a key leads that only moves or selects. Pure.
import type { Axes, Cell } from './axis';
import type { AfterEdit } from './editor';
import type { Command } from './keys';
import {
  type Selection,
  enter,
  jump,
  move,
  moveBy,
  moveToEdge,
  selectAll,
  selectCell,
  selectColumns,
  selectRows,
  tab,
} from './selection';

export interface Sight {
  /** What PageDown goes by. */
  readonly page_rows: number;
  readonly isBlank: (cell: Cell) => boolean;
}

export interface Move {
  readonly selection: Selection;
  /** Its moving end is brought into sight. */
  readonly isShown: boolean;
}

/** Nothing: the command does something else. */
export function moved(
  command: Command,
  selection: Selection,
  axes: Axes,
  sight: Sight,
): Move | null {
  const next = selectionAfter(command, selection, axes, sight);
  const isWhole = command.do === 'all' || command.do === 'row' || command.do === 'column';
  return next && { selection: next, isShown: !isWhole };
}

function selectionAfter(
  command: Command,
  selection: Selection,
  axes: Axes,
  sight: Sight,
): Selection | null {
  const { anchor, focus, active } = selection;
  switch (command.do) {
    case 'move':
      return command.jump
        ? jump(selection, axes, command.direction, command.extend, sight.isBlank)
        : move(selection, axes, command.direction, command.extend);
    case 'page': {
      const step = command.direction === 'down' ? sight.page_rows : -sight.page_rows;
      return moveBy(selection, axes, step, 0, command.extend);
    }
    case 'edge':
      return moveToEdge(selection, axes, command.edge, command.far, command.extend);
    case 'tab':
      return tab(selection, axes, command.backward);
    case 'enter':
      return enter(selection, axes, command.backward);
    case 'all':
      return selectAll(axes, active);
    case 'row':
      return selectRows(axes, anchor.row, focus.row, active);
    case 'column':
      return selectColumns(axes, anchor.column, focus.column, active);
    case 'cancel':
      return selectCell(active);
    default:
      return null;
  }
}

/** Where the cursor goes when the editor was closed so; nothing: it stays. */
export function movedAfterEdit(next: AfterEdit, selection: Selection, axes: Axes): Selection | null {
  switch (next) {
    case 'down':
    case 'up':
      return enter(selection, axes, next === 'up');
    case 'tab':
    case 'backtab':
      return tab(selection, axes, next === 'backtab');
    case 'left':
    case 'right':
      return move(selectCell(selection.active), axes, next, false);
    default:
      return null;
  }
}
