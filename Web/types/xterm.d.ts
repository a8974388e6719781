/** The part of xterm.js that the portal uses; the wheel bundles the terminal with its fit addon. */
declare module '@xterm/xterm' {
  export interface Disposable { dispose(): void }
  export interface Theme { background?: string; foreground?: string; cursor?: string; selectionBackground?: string }
  export interface Options {
    columns?: number; cols?: number; rows?: number; fontSize?: number; fontFamily?: string; lineHeight?: number; cursorBlink?: boolean;
    scrollback?: number; theme?: Theme; disableStdin?: boolean; convertEol?: boolean; screenReaderMode?: boolean; allowProposedApi?: boolean;
    macOptionIsMeta?: boolean; rightClickSelectsWord?: boolean;
  }
  export interface BufferLine { translateToString(trimRight?: boolean): string }
  export class Terminal {
    constructor(options?: Options);
    readonly cols: number; readonly rows: number; readonly textarea?: HTMLTextAreaElement;
    readonly buffer: { readonly active: { readonly length: number; readonly baseY: number; getLine(index: number): BufferLine | undefined } };
    options: Options;
    open(element: HTMLElement): void;
    write(data: string | Uint8Array, done?: () => void): void;
    reset(): void; clear(): void; focus(): void; dispose(): void; paste(text: string): void;
    resize(columns: number, rows: number): void;
    hasSelection(): boolean; getSelection(): string; clearSelection(): void; selectAll(): void;
    scrollToBottom(): void;
    attachCustomKeyEventHandler(handle: (event: KeyboardEvent) => boolean): void;
    onData(run: (data: string) => void): Disposable;
    onBinary(run: (data: string) => void): Disposable;
    onResize(run: (size: { cols: number; rows: number }) => void): Disposable;
    onTitleChange(run: (title: string) => void): Disposable;
    loadAddon(addon: object): void;
  }
  export class FitAddon { fit(): void; proposeDimensions(): { cols: number; rows: number } | undefined }
}
