import { shallowRef } from 'vue';
import type { Terminal } from '@xterm/xterm';
import { sizeOf, type Timeline } from './timeline';

/** Plays a timeline on a terminal. Going back draws everything again from the start, so what is seen is always exact. */
export class Player {
  readonly time = shallowRef(0);
  readonly playing = shallowRef(false);
  readonly speed = shallowRef(1);
  readonly skipIdle = shallowRef(true);
  private frame = 0;
  private last = 0;

  constructor(readonly timeline: Timeline, private readonly terminal: Pick<Terminal, 'write' | 'reset' | 'resize' | 'cols' | 'rows'>) {}

  play(): void {
    if (this.time.value >= this.timeline.duration) this.seek(0);
    this.playing.value = true;
    this.last = performance.now();
    this.frame = requestAnimationFrame(this.tick);
  }

  pause(): void {
    this.playing.value = false;
    cancelAnimationFrame(this.frame);
  }

  toggle(): void {
    if (this.playing.value) this.pause();
    else this.play();
  }

  seek(time: number): void {
    const goal = Math.min(this.timeline.duration, Math.max(0, time));
    const screen = this.timeline.screenAt(goal);
    this.terminal.reset();
    this.resize(screen);
    this.terminal.write(screen.output);
    this.time.value = goal;
    this.last = performance.now();
  }

  private tick = (now: number): void => {
    if (!this.playing.value) return;
    const from = this.time.value;
    let to = from + Math.max(0, (now - this.last) / 1000) * this.speed.value;
    this.last = now;
    if (this.skipIdle.value) to = Math.max(to, this.timeline.afterIdle(from));
    to = Math.min(to, this.timeline.duration);
    for (const event of this.timeline.between(from, to)) {
      if (event.k === 'o' || event.k === 'e') this.terminal.write(event.d);
      const size = sizeOf(event);
      if (size) this.resize(size);
    }
    this.time.value = to;
    if (to >= this.timeline.duration) this.pause();
    else this.frame = requestAnimationFrame(this.tick);
  };

  private resize(size: { columns: number; rows: number }): void {
    if (size.columns !== this.terminal.cols || size.rows !== this.terminal.rows) this.terminal.resize(size.columns, size.rows);
  }
}
