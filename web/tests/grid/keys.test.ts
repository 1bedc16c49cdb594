import { expect, test } from 'vitest';
import { commandFor } from '../../src/grid/keys';

const press = (name: string) => {
  const parts = name.split('+');
  const key = name.endsWith('++') ? '+' : parts.at(-1)!;
  return commandFor({
    key: key === 'Space' ? ' ' : key,
    ctrlKey: parts.includes('Ctrl'),
    metaKey: parts.includes('Meta'),
    shiftKey: parts.includes('Shift'),
    altKey: parts.includes('Alt'),
  });
};

test('keys mean what they mean in Excel', () => {
  expect(press('ArrowDown')).toEqual({ do: 'move', direction: 'down', extend: false, jump: false });
  expect(press('Ctrl+Shift+ArrowRight')).toEqual({ do: 'move', direction: 'right', extend: true, jump: true });
  expect(press('Shift+PageUp')).toEqual({ do: 'page', direction: 'up', extend: true });
  expect(press('Ctrl+End')).toEqual({ do: 'edge', edge: 'end', far: true, extend: false });
  expect(press('Shift+Tab')).toEqual({ do: 'tab', backward: true });
  expect(press('F2')).toEqual({ do: 'edit' });
  expect(press('Delete')).toEqual({ do: 'clear' });
  expect(press('Ctrl+z')).toEqual({ do: 'undo' });
  expect(press('Ctrl+Shift+Z')).toEqual({ do: 'redo' });
  expect(press('Meta+y')).toEqual({ do: 'redo' });
  expect(press('Ctrl+Shift++')).toEqual({ do: 'addRow' });
  expect(press('Ctrl+-')).toEqual({ do: 'deleteRows' });
  expect(press('Ctrl+;')).toEqual({ do: 'thisWeek' });
  expect(press('Ctrl+d')).toEqual({ do: 'fill', direction: 'down' });
  expect(press('Ctrl+Space')).toEqual({ do: 'column' });
  expect(press('Shift+Space')).toEqual({ do: 'row' });
  expect(press('Space')).toEqual({ do: 'open' });
  expect(press('Alt+ArrowDown')).toEqual({ do: 'choose' });
});

test('letters of every script begin to type; other keys stay the browser’s', () => {
  for (const key of ['a', 'Z', '0', '=', 'é', '漢', '😀', 'Process']) {
    expect(press(key)).toEqual({ do: 'type' });
  }
  for (const key of ['Ctrl+c', 'Ctrl+v', 'Ctrl+t', 'F5', 'Shift', 'Alt+d', 'Ctrl+Alt+q']) {
    expect(press(key)).toBeNull();
  }
});
