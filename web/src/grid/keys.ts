// Which key means what while the grid has the focus and no cell is being edited, as in Excel.
// Pure: takes the few fields of a KeyboardEvent that matter.
import type { Direction } from './selection';

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

export type Command =
  | { do: 'move'; direction: Direction; extend: boolean; jump: boolean }
  | { do: 'page'; direction: 'up' | 'down'; extend: boolean }
  | { do: 'edge'; edge: 'start' | 'end'; far: boolean; extend: boolean }
  | { do: 'tab' | 'enter'; backward: boolean }
  | { do: 'type' } // the key itself becomes the first letter of the editor
  | { do: 'edit' | 'open' | 'clear' | 'cancel' | 'undo' | 'redo' | 'all' | 'row' | 'column' }
  | { do: 'fill'; direction: 'down' | 'right' }
  | { do: 'addRow' | 'deleteRows' | 'thisWeek' | 'choose' };

const arrows: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

function withControl(press: KeyPress): Command | null {
  switch (press.key.toLowerCase()) {
    case 'a':
      return { do: 'all' };
    case 'd':
      return { do: 'fill', direction: 'down' };
    case 'r':
      return { do: 'fill', direction: 'right' };
    case 'y':
      return { do: 'redo' };
    case 'z':
      return { do: press.shiftKey ? 'redo' : 'undo' };
    case ' ':
      return { do: 'column' };
    case '+':
      return { do: 'addRow' };
    case '-':
      return { do: 'deleteRows' };
    case ';':
      return { do: 'thisWeek' };
    case 'home':
      return { do: 'edge', edge: 'start', far: true, extend: press.shiftKey };
    case 'end':
      return { do: 'edge', edge: 'end', far: true, extend: press.shiftKey };
    default:
      return null; // copy, cut, paste come as clipboard events; the rest is the browser's
  }
}

export function commandFor(press: KeyPress): Command | null {
  const control = press.ctrlKey || press.metaKey;
  const direction = arrows[press.key];
  if (direction && press.altKey) return direction === 'down' ? { do: 'choose' } : null;
  if (direction) return { do: 'move', direction, extend: press.shiftKey, jump: control };
  if (control) return press.altKey ? null : withControl(press);
  if (press.altKey) return null;
  switch (press.key) {
    case 'Home':
      return { do: 'edge', edge: 'start', far: false, extend: press.shiftKey };
    case 'End':
      return { do: 'edge', edge: 'end', far: false, extend: press.shiftKey };
    case 'PageUp':
      return { do: 'page', direction: 'up', extend: press.shiftKey };
    case 'PageDown':
      return { do: 'page', direction: 'down', extend: press.shiftKey };
    case 'Tab':
      return { do: 'tab', backward: press.shiftKey };
    case 'Enter':
      return { do: 'enter', backward: press.shiftKey };
    case 'F2':
      return { do: 'edit' };
    case 'Delete':
    case 'Backspace':
      return { do: 'clear' };
    case 'Escape':
      return { do: 'cancel' };
    case ' ':
      return { do: press.shiftKey ? 'row' : 'open' };
    default:
      // One character, or "Process"/"Dead": an input method begins.
      return [...press.key].length === 1 || press.key === 'Process' || press.key === 'Dead'
        ? { do: 'type' }
        : null;
  }
}
