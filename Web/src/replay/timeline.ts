/** What the server sends of a recording, one JSON object a line: seconds since the start, kind, text. */
export interface ReplayEvent { t: number; k: string; d: string }

export interface Mark { at: number; kind: 'command' | 'policy'; text: string; verdict: string }
export interface Screen { columns: number; rows: number; output: string }
export interface Hit { at: number; text: string }

/** A recording as a line of time: no clock and no screen in it, so that everything about it can be tested. */
export class Timeline {
  readonly events: ReplayEvent[];
  readonly duration: number;
  readonly marks: Mark[];

  constructor(events: ReplayEvent[]) {
    this.events = events;
    this.duration = events.at(-1)?.t ?? 0;
    this.marks = events.flatMap(mark);
  }

  static parse(text: string): Timeline {
    const events = text.split('\n').flatMap((line) => {
      if (!line.trim()) return [];
      try {
        const { t, k, d } = JSON.parse(line) as Partial<ReplayEvent>;
        return typeof t === 'number' && typeof k === 'string' ? [{ t: Math.max(0, t), k, d: typeof d === 'string' ? d : '' }] : [];
      } catch {
        return []; // a line that was cut off: the rest still plays
      }
    });
    for (let index = 1; index < events.length; index += 1) if (events[index]!.t < events[index - 1]!.t) events[index]!.t = events[index - 1]!.t;
    return new Timeline(events);
  }

  /** The number of events up to and including a time. */
  countUntil(time: number): number {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.events[middle]!.t <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** What happens after one time and up to another. */
  between(after: number, until: number): ReplayEvent[] {
    return this.events.slice(this.countUntil(after), this.countUntil(until));
  }

  /** Everything that has to be drawn to stand at a time. */
  screenAt(time: number): Screen {
    const screen: Screen = { columns: 80, rows: 24, output: '' };
    const parts: string[] = [];
    for (const event of this.events.slice(0, this.countUntil(time))) {
      if (isOutput(event)) parts.push(event.d);
      const size = sizeOf(event);
      if (size) Object.assign(screen, size);
    }
    return { ...screen, output: parts.join('') };
  }

  get firstSize(): { columns: number; rows: number } {
    for (const event of this.events) {
      const size = sizeOf(event);
      if (size) return size;
    }
    return { columns: 80, rows: 24 };
  }

  /** When the first thing shows: a replay that waits there is not a black screen. */
  get firstOutput(): number {
    return this.events.find(isOutput)?.t ?? 0;
  }

  /** Where to go on after standing still at a time: just before the next thing that shows, if that is far away. */
  afterIdle(time: number, limit = 1.5): number {
    const next = this.events.slice(this.countUntil(time)).find((event) => isOutput(event) || event.k === 'x');
    return next && next.t - time > limit ? next.t - 0.3 : time;
  }

  /** Stretches in which nothing shows. */
  idle(limit = 1.5): { from: number; to: number }[] {
    const spans: { from: number; to: number }[] = [];
    let last = 0;
    for (const event of this.events) {
      if (!isOutput(event) && event.k !== 'x') continue;
      if (event.t - last > limit) spans.push({ from: last, to: event.t });
      last = event.t;
    }
    return spans;
  }

  /** Where words were written to the screen, by the moment of their last letter. */
  search(words: string, most = 200): Hit[] {
    const needle = words.trim().toLowerCase();
    if (!needle) return [];
    const { text, ends } = this.text();
    const lower = text.toLowerCase();
    const hits: Hit[] = [];
    for (let index = lower.indexOf(needle); index >= 0 && hits.length < most; index = lower.indexOf(needle, index + needle.length)) {
      const start = Math.max(lower.lastIndexOf('\n', index) + 1, index - 40);
      const end = lower.indexOf('\n', index);
      hits.push({ at: timeOf(ends, index + needle.length - 1), text: text.slice(start, Math.min(end < 0 ? text.length : end, index + 80)).trim() });
    }
    return hits;
  }

  /** The output as plain text, with the place where each event's part ends. */
  private text(): { text: string; ends: { end: number; at: number }[] } {
    const ends: { end: number; at: number }[] = [];
    let text = '';
    const plain = new PlainText();
    for (const event of this.events) {
      if (!isOutput(event)) continue;
      text += plain.feed(event.d);
      ends.push({ end: text.length, at: event.t });
    }
    return { text, ends };
  }
}

const isOutput = (event: ReplayEvent): boolean => event.k === 'o' || event.k === 'e';

function timeOf(ends: { end: number; at: number }[], index: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle]!.end > index) high = middle;
    else low = middle + 1;
  }
  return ends[low]?.at ?? 0;
}

export function sizeOf(event: ReplayEvent): { columns: number; rows: number } | null {
  const found = event.k === 'r' ? /^(\d{1,4})[ x](\d{1,4})$/.exec(event.d) : null;
  const columns = Number(found?.[1]);
  const rows = Number(found?.[2]);
  return columns > 0 && rows > 0 ? { columns: Math.min(columns, 500), rows: Math.min(rows, 300) } : null;
}

function mark(event: ReplayEvent): Mark[] {
  if (event.k !== 'c' && event.k !== 'p') return [];
  const content = object(event.d);
  const text = content ? [content.line, content.text, content.kind].find((part) => typeof part === 'string') : event.d;
  return [{ at: event.t, kind: event.k === 'c' ? 'command' : 'policy', text: String(text ?? ''), verdict: typeof content?.verdict === 'string' ? content.verdict : 'allow' }];
}

function object(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return value && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Takes the escape sequences out of terminal output, also those that are cut between two events. */
export class PlainText {
  private state: 'text' | 'escape' | 'control' | 'string' | 'string-escape' | 'charset' = 'text';

  feed(data: string): string {
    let out = '';
    for (const letter of data) {
      const code = letter.codePointAt(0)!;
      switch (this.state) {
        case 'text':
          if (code === 0x1b) this.state = 'escape';
          else if (code === 0x9b) this.state = 'control';
          else if (code === 0x08) out = out.slice(0, -1);
          else if (code === 0x0a || code >= 0x20 && (code < 0x7f || code > 0x9f)) out += letter;
          break;
        case 'escape':
          if (letter === '[') this.state = 'control';
          else if (']PX^_'.includes(letter)) this.state = 'string';
          else if ('()*+#% '.includes(letter)) this.state = 'charset';
          else this.state = 'text';
          break;
        case 'control':
          if (code >= 0x40 && code <= 0x7e) this.state = 'text';
          break;
        case 'string':
          if (code === 0x07 || code === 0x9c) this.state = 'text';
          else if (code === 0x1b) this.state = 'string-escape';
          break;
        case 'string-escape': this.state = letter === '\\' ? 'text' : 'string'; break;
        case 'charset': this.state = 'text'; break;
      }
    }
    return out;
  }
}
