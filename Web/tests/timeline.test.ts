import { describe, expect, test } from 'bun:test';
import { PlainText, Timeline, type ReplayEvent } from '../src/replay/timeline';
import { fontFor } from '../src/replay/fit';
import { Player } from '../src/replay/player';

const event = (t: number, k: string, d = ''): ReplayEvent => ({ t, k, d });
const sample = () => new Timeline([
  event(0, 'r', '100 30'), event(0.5, 'o', '$ '), event(1, 'o', 'up'), event(1.2, 'o', 'ti'), event(1.4, 'o', 'me'), event(1.5, 'c', JSON.stringify({ line: 'uptime', verdict: 'allow' })),
  event(1.6, 'o', '\r\n\u001b[32m12\u001b[0m days\r\n'), event(40, 'p', JSON.stringify({ kind: 'pause', text: 'Paused' })), event(60, 'r', '80 24'), event(60, 'o', 'bye'), event(61, 'x', '{}'),
]);

describe('timeline', () => {
  test('lines are read, and a line that was cut off does not spoil the rest', () => {
    const timeline = Timeline.parse('{"t":0,"k":"o","d":"a"}\n\n{"t":1.5,"k":"o","d":"b"}\nnot json\n{"t":"x"}\n{"t":2,"k":"o"');
    expect(timeline.events).toEqual([event(0, 'o', 'a'), event(1.5, 'o', 'b')]);
    expect(timeline.duration).toBe(1.5);
  });

  test('time never goes backwards', () => {
    expect(Timeline.parse('{"t":2,"k":"o","d":"a"}\n{"t":1,"k":"o","d":"b"}').events.map((one) => one.t)).toEqual([2, 2]);
  });

  test('an empty recording has no length', () => {
    const timeline = Timeline.parse('');
    expect([timeline.duration, timeline.screenAt(5).output, timeline.search('x').length]).toEqual([0, '', 0]);
  });

  test('the screen at a time is everything before it, in the size of that time', () => {
    expect(sample().screenAt(1.3)).toEqual({ columns: 100, rows: 30, output: '$ upti' });
    expect(sample().screenAt(60).columns).toBe(80);
    expect(sample().screenAt(0.1).output).toBe('');
  });

  test('playing in pieces shows every event once', () => {
    const timeline = sample();
    const pieces = [0, 0.7, 1.2, 1.20001, 30, 61].flatMap((until, index, all) => timeline.between(all[index - 1] ?? -1, until));
    expect(pieces).toEqual(timeline.events);
  });

  test('idle time is skipped up to shortly before the next thing that shows', () => {
    expect(sample().afterIdle(2)).toBeCloseTo(59.7);
    expect(sample().afterIdle(1.3)).toBe(1.3);
    expect(sample().idle()).toEqual([{ from: 1.6, to: 60 }]);
  });

  test('commands and policy events are marks', () => {
    expect(sample().marks).toEqual([{ at: 1.5, kind: 'command', text: 'uptime', verdict: 'allow' }, { at: 40, kind: 'policy', text: 'Paused', verdict: 'allow' }]);
  });

  test('words are found where their last letter was written, across pieces and colours', () => {
    expect(sample().search('UPTIME').map((hit) => hit.at)).toEqual([1.4]);
    expect(sample().search('12 days').map((hit) => hit.at)).toEqual([1.6]);
    expect(sample().search('[32m')).toEqual([]);
    expect(sample().search('   ')).toEqual([]);
  });

  test('a size that makes no sense is not a size', () => {
    const timeline = new Timeline([event(0, 'r', '0 0'), event(0, 'r', 'x'), event(0, 'r', '99999 1'), event(1, 'r', '132x43')]);
    expect(timeline.firstSize).toEqual({ columns: 132, rows: 43 });
  });

  test('escape sequences are taken out, also when they are cut in two', () => {
    const plain = new PlainText();
    expect(plain.feed('a\u001b[3') + plain.feed('1mb\u001b]0;title\u0007c\u001b(Bd\bé\u001b]8;;x\u001b\\e')).toBe('abcée');
  });
});

describe('letters', () => {
  test('they are as large as the place allows, within reason', () => {
    expect([fontFor(1000, 100, 0.8), fontFor(1000, 80, 0.6), fontFor(300, 200, 0.6)]).toEqual([12.5, 14, 6]);
  });
});

describe('player', () => {
  function setUp() {
    const screen: string[] = [];
    const terminal = {
      cols: 80, rows: 24, write: (data: string | Uint8Array) => { screen.push(String(data)); }, reset: () => { screen.length = 0; },
      resize(columns: number, rows: number) { terminal.cols = columns; terminal.rows = rows; },
    };
    let clock = 0;
    let next: ((now: number) => void) | null = null;
    Object.assign(globalThis, { performance: { now: () => clock }, requestAnimationFrame: (run: (now: number) => void) => { next = run; return 1; }, cancelAnimationFrame: () => { next = null; } });
    const pass = (seconds: number) => { clock += seconds * 1000; const run = next; next = null; run?.(clock); };
    return { player: new Player(sample(), terminal), terminal, shown: () => screen.join(''), pass };
  }

  test('it plays at its speed, skips idle time and stops at the end', () => {
    const { player, pass, shown, terminal } = setUp();
    player.speed.value = 2;
    player.play();
    pass(0.5);
    expect([player.time.value, shown()]).toEqual([1, '$ up']);
    expect(terminal.cols).toBe(80);
    pass(0.5);
    pass(0.1);
    expect(player.time.value).toBeCloseTo(59.7);
    pass(5);
    expect([player.time.value, player.playing.value]).toEqual([61, false]);
    expect(shown()).toContain('bye');
  });

  test('seeking draws the exact screen of that time', () => {
    const { player, shown, terminal } = setUp();
    player.seek(1.2);
    expect([shown(), terminal.cols, terminal.rows]).toEqual(['$ upti', 100, 30]);
    player.seek(0.5);
    expect(shown()).toBe('$ ');
    player.seek(-3);
    expect(player.time.value).toBe(0);
    player.seek(1e9);
    expect(player.time.value).toBe(61);
  });

  test('playing at the end starts again', () => {
    const { player } = setUp();
    player.seek(61);
    player.play();
    expect([player.time.value, player.playing.value]).toEqual([0, true]);
    player.pause();
  });
});
