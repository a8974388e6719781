import type { Options } from '@xterm/xterm';

/** Terminals look the same live and in a replay, in either theme. */
export function terminalOptions(): Options {
  const style = getComputedStyle(document.documentElement);
  return {
    fontFamily: style.getPropertyValue('--mono').trim(), fontSize: 14, lineHeight: 1.15, cursorBlink: true, scrollback: 5_000,
    theme: { background: '#10141a', foreground: '#dde3ea', cursor: '#8ab4ff', selectionBackground: '#2f4a77' },
  };
}
