import { markRaw, shallowRef } from 'vue';
import type { FitAddon, Terminal } from '@xterm/xterm';
import type { TerminalToken } from '../api/types';
import { api } from '../core/client';
import { copy } from '../core/clipboard';
import { t, tKnown, tSaid } from '../core/i18n';
import { Problem } from '../core/problem';
import { invalidate } from '../core/query';
import { controlFrame, inputFrame, readFrame, socketURL } from './protocol';
import { terminalOptions } from './options';

export type Status = 'connecting' | 'open' | 'ended' | 'failed';

/** A web terminal: the screen, the socket to the worker, and how it stands. It lives on when its page is left. */
export class Connection {
  readonly status = shallowRef<Status>('connecting');
  readonly ended = shallowRef<{ title: string; text: string } | null>(null);
  readonly problem = shallowRef<Problem | null>(null);
  readonly session = shallowRef<string | null>(null);
  readonly title = shallowRef('');
  /** The screen is drawn into this; a page shows it by taking it in. */
  readonly element = document.createElement('div');
  private terminal: Terminal | null = null;
  private fitAddon: FitAddon | null = null;
  private socket: WebSocket | null = null;
  private attempt = 0;

  constructor(readonly asset: { id: string; name: string }, readonly account: string) {
    markRaw(this);
    this.element.className = 'terminal-screen';
  }

  async open(): Promise<void> {
    const attempt = (this.attempt += 1);
    this.status.value = 'connecting';
    this.ended.value = null;
    this.problem.value = null;
    try {
      const [token] = await Promise.all([
        api.post<TerminalToken>('/terminal-tokens', { asset: this.asset.id, account: this.account }),
        this.prepareScreen(),
      ]);
      if (attempt === this.attempt) this.listen(new WebSocket(socketURL(token.url, token.token)));
    } catch (error) {
      if (attempt !== this.attempt) return;
      this.problem.value = Problem.wrap(error);
      this.status.value = 'failed';
    }
  }

  private async prepareScreen(): Promise<void> {
    if (this.terminal) return this.terminal.reset();
    const { FitAddon, Terminal } = await import('@xterm/xterm');
    const terminal = new Terminal(terminalOptions());
    this.fitAddon = new FitAddon();
    terminal.loadAddon(this.fitAddon);
    terminal.open(this.element);
    terminal.onData((data) => this.send(inputFrame(data)));
    terminal.onBinary((data) => this.send(inputFrame(Uint8Array.from(data, (letter) => letter.charCodeAt(0)))));
    terminal.onResize(({ cols, rows }) => this.send(controlFrame({ type: 'resize', columns: cols, rows })));
    terminal.onTitleChange((title) => { this.title.value = title; });
    terminal.attachCustomKeyEventHandler((event) => this.handleKey(event));
    this.terminal = terminal;
    this.fit();
  }

  /** Ctrl-Shift-C and -V belong to the clipboard; everything else to the other side. */
  private handleKey(event: KeyboardEvent): boolean {
    if (!event.ctrlKey || !event.shiftKey || event.altKey) return true;
    const key = event.key.toLowerCase();
    if (key === 'c' && event.type === 'keydown') { event.preventDefault(); this.copySelection(); }
    return key !== 'c' && key !== 'v';
  }

  private listen(socket: WebSocket): void {
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.fit();
      if (this.terminal) this.send(controlFrame({ type: 'resize', columns: this.terminal.cols, rows: this.terminal.rows }));
    };
    socket.onmessage = (event: MessageEvent<ArrayBuffer>) => {
      const frame = readFrame(event.data);
      if (frame.kind === 'output') {
        this.status.value = 'open';
        this.terminal?.write(frame.data);
      } else if (frame.kind === 'control') {
        if (frame.control.type === 'ready') this.ready(frame.control.session);
        else if (frame.control.type === 'ended') this.end(tKnown(`end.${frame.control.reason}`, t('terminal.ended')), tSaid(frame.control.text));
        else if (frame.control.type === 'notice') this.terminal?.write(`\r\n\u001b[33m${printable(frame.control.text)}\u001b[0m\r\n`);
      }
    };
    socket.onclose = () => {
      if (socket === this.socket && this.status.value !== 'ended') this.end(t('terminal.lost'), t('terminal.lost.text'));
    };
  }

  private ready(session: string): void {
    this.session.value = session;
    this.status.value = 'open';
    this.focus();
    invalidate('/my/sessions', '/sessions');
  }

  private end(title: string, text: string): void {
    this.ended.value = { title, text };
    this.status.value = 'ended';
    this.socket?.close();
    invalidate('/my/sessions', '/sessions');
  }

  private send(frame: Uint8Array<ArrayBuffer>): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(frame);
  }

  get selection(): string { return this.terminal?.getSelection() ?? ''; }

  copySelection(): void {
    if (this.selection) void copy(this.selection);
  }

  async paste(): Promise<void> {
    this.terminal?.paste(await navigator.clipboard.readText());
    this.focus();
  }

  fit(): void {
    if (this.element.isConnected && this.element.clientWidth > 0) this.fitAddon?.fit();
  }

  focus(): void { this.terminal?.focus(); }

  close(): void {
    this.attempt += 1;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.terminal?.dispose();
  }
}

/** Text of the server, without what would steer the screen. */
const printable = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
