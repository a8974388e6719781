import { computed, onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import { component, h } from '../core/jsx';
import { api } from '../core/client';
import { t } from '../core/i18n';
import { copy } from '../core/clipboard';
import { at } from '../core/paths';
import { Problem } from '../core/problem';
import { route } from '../core/router';
import { clock } from '../core/time';
import { EmptyState, ErrorState, Skeleton } from '../ui/bits';
import { IconButton } from '../ui/Button';
import { terminalOptions } from '../terminal/options';
import { Player } from './player';
import { Timeline } from './timeline';
import { fitLetters } from './fit';
import { Lane } from './Lane';

/** Watches a recording: play, seek, speed, skip of idle time, commands and hits under the time bar. */
export const ReplayPlayer = component<{ session: string }>((props) => {
  const place = ref<HTMLElement>();
  const player = shallowRef<Player | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const words = ref('');
  let dispose = () => {};
  const load = async () => {
    problem.value = null;
    try {
      const [response, { Terminal }] = await Promise.all([api.send({ method: 'GET', path: at`/sessions/${props.session}/recording/events` }), import('@xterm/xterm')]);
      const timeline = Timeline.parse(await response.text());
      if (!place.value) return;
      const size = timeline.firstSize;
      const terminal = new Terminal({ ...terminalOptions(), cols: size.columns, rows: size.rows, fontSize: 13, disableStdin: true, cursorBlink: false, scrollback: 0 });
      terminal.open(place.value);
      terminal.attachCustomKeyEventHandler(() => false);
      const fresh = new Player(timeline, terminal);
      const fit = () => { if (place.value) fitLetters(terminal, place.value); };
      const observer = new ResizeObserver(fit);
      observer.observe(place.value);
      terminal.onResize(fit);
      dispose = () => { observer.disconnect(); fresh.pause(); terminal.dispose(); };
      player.value = fresh;
      fresh.seek(Number(route.query.t) || timeline.firstOutput);
    } catch (error) {
      problem.value = Problem.wrap(error);
    }
  };
  onMounted(() => void load());
  onBeforeUnmount(() => dispose());
  const hits = computed(() => player.value?.timeline.search(words.value) ?? []);
  const next = () => {
    const now = player.value;
    if (!now || !hits.value.length) return;
    now.pause();
    now.seek((hits.value.find((hit) => hit.at > now.time.value + 0.01) ?? hits.value[0])!.at);
  };
  const onKeydown = (event: KeyboardEvent) => {
    const now = player.value;
    if (!now || (event.target as Element).closest('input[type=search], select, button')) return;
    const step = { ArrowLeft: -5, ArrowRight: 5 }[event.key];
    if (event.key === ' ') now.toggle();
    else if (step) now.seek(now.time.value + step);
    else return;
    event.preventDefault();
  };
  const share = () => copy(`${location.origin}${location.pathname}?t=${Math.floor(player.value?.time.value ?? 0)}`);

  const controls = (now: Player) => (
    <div class="player-bar">
      <input
        type="range" aria-label={t('replay.position')} aria-valuetext={clock(now.time.value)} min="0" max={now.timeline.duration} step="0.01" value={now.time.value}
        onInput={(event: InputEvent) => now.seek(Number((event.target as HTMLInputElement).value))}
      />
      <Lane timeline={now.timeline} hits={hits.value} onSeek={(time) => now.seek(time)} />
      <div class="player-controls">
        <IconButton icon={now.playing.value ? 'player-pause' : 'player-play'} label={now.playing.value ? t('replay.pause') : t('replay.play')} onClick={() => now.toggle()} />
        <span class="clock" data-testid="replay-clock">{clock(now.time.value)} / {clock(now.timeline.duration)}</span>
        <select aria-label={t('replay.speed')} value={String(now.speed.value)} onChange={(event: Event) => { now.speed.value = Number((event.target as HTMLSelectElement).value); }}>
          {[0.5, 1, 2, 4, 8, 16].map((speed) => <option value={String(speed)} key={speed}>{speed} ×</option>)}
        </select>
        <label class="toggle"><input type="checkbox" checked={now.skipIdle.value} onChange={(event: Event) => { now.skipIdle.value = (event.target as HTMLInputElement).checked; }} />{t('replay.skip-idle')}</label>
        <span class="stretch" />
        <input
          type="search" class="player-search" aria-label={t('replay.search')} placeholder={t('replay.search')} value={words.value} onInput={(event: InputEvent) => { words.value = (event.target as HTMLInputElement).value; }}
          onKeydown={(event: KeyboardEvent) => { if (event.key === 'Enter') { event.preventDefault(); next(); } }}
        />
        {words.value.trim() && <span role="status">{t('replay.hits', { count: hits.value.length })}</span>}
        <IconButton icon="player-skip-forward" label={t('replay.next-hit')} disabled={!hits.value.length} onClick={next} />
        <IconButton icon="copy" label={t('replay.share')} onClick={() => void share()} />
      </div>
    </div>
  );
  const commands = (now: Player) => {
    const passed = now.timeline.marks.filter((mark) => mark.at <= now.time.value).length - 1;
    return (
      <section aria-label={t('replay.lane')}>
        {now.timeline.marks.length ? (
          <ol class="command-list">
            {now.timeline.marks.map((mark, index) => (
              <li key={index} class={{ now: index === passed, deny: mark.verdict === 'deny' }}>
                <button type="button" onClick={() => now.seek(mark.at)}><time>{clock(mark.at)}</time>{mark.kind === 'command' ? <code>{mark.text}</code> : <em>{mark.text}</em>}</button>
              </li>
            ))}
          </ol>
        ) : <div class="card"><EmptyState icon="terminal-2" title={t('commands.empty')} text={t('commands.empty.text')} /></div>}
      </section>
    );
  };
  return () => {
    if (problem.value) return <ErrorState problem={problem.value} retry={() => void load()} />;
    return (
      <div class="replay" onKeydown={onKeydown}>
        <div class="player" tabindex="0" role="group" aria-label={t('replay.title')}>
          <div class="player-screen" ref={place} />
          {player.value && controls(player.value)}
        </div>
        {player.value ? commands(player.value) : <Skeleton />}
      </div>
    );
  };
});
