// Finding an action by some letters of its name. Pure.
export interface Command {
  readonly name: string;
  readonly keys?: string;
  readonly run: () => void;
}

/** How well letters fit a name: 0 = not at all; the letters must come in this order. */
function fit(name: string, letters: string): number {
  const folded = name.toLowerCase();
  if (letters === '') return 1;
  const at = folded.indexOf(letters);
  if (at === 0) return 4;
  if (at > 0) return folded[at - 1] === ' ' ? 3 : 2;
  let from = 0;
  for (const letter of letters) {
    const found = folded.indexOf(letter, from);
    if (found < 0) return 0;
    from = found + 1;
  }
  return 1;
}

/** The best first; equal ones in the order given. */
export function findCommands(commands: readonly Command[], text: string): Command[] {
  const letters = text.trim().toLowerCase();
  return commands
    .map((command) => ({ command, fits: fit(command.name, letters) }))
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .map(({ command }) => command);
}
