import type { Terminal } from '@xterm/xterm';

const smallest = 6;
const largest = 14;

/** The size of letters with which a screen of so many columns is as wide as its place. */
export function fontFor(place: number, columns: number, letterWidth: number): number {
  const size = place / columns / letterWidth;
  return Math.max(smallest, Math.min(largest, Math.floor(size * 4) / 4));
}

/** A recording keeps the columns that it had, so the letters follow the window. */
export function fitLetters(terminal: Terminal, place: HTMLElement): void {
  const screen = place.querySelector<HTMLElement>('.xterm-screen');
  const size = terminal.options.fontSize ?? largest;
  if (!screen?.offsetWidth || !place.clientWidth) return;
  const letter = screen.offsetWidth / terminal.cols / size;
  const fitting = fontFor(place.clientWidth - 24, terminal.cols, letter);
  if (fitting !== size) terminal.options.fontSize = fitting;
}
