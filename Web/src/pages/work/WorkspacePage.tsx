import { nextTick, onBeforeUnmount, onMounted, ref, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { toastProblem } from '../../core/toasts';
import { EmptyState } from '../../ui/bits';
import { Button, IconButton } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { ProblemNote } from '../../ui/ProblemNote';
import type { Connection } from '../../terminal/connection';
import { closeTab, workspace, type WorkspaceTab } from '../../terminal/workspace';

/** The open terminals, in tabs. */
export const WorkspacePage = component(() => {
  const close = async (tab: WorkspaceTab) => {
    const live = tab.connection.status.value === 'open';
    if (!live || (await confirm({ title: t('workspace.close.title'), text: t('workspace.close.text', { name: label(tab) }), action: t('workspace.close'), danger: true }))) closeTab(tab);
  };
  const label = (tab: WorkspaceTab) => `${tab.connection.account}@${tab.connection.asset.name}`;
  return () => {
    const active = workspace.tabs.find((tab) => tab.id === workspace.active) ?? workspace.tabs[0];
    if (!active) return <div class="page"><h1>{t('page.workspace')}</h1><EmptyState icon="device-desktop" title={t('workspace.empty')} text={t('workspace.empty.text')} action={t('page.my-assets')} to="/my/assets" /></div>;
    return (
      <div class="workspace">
        <h1 class="visually-hidden">{t('page.workspace')}</h1>
        <div class="workspace-tabs" role="tablist" aria-label={t('page.workspace')}>
          {workspace.tabs.map((tab) => (
            <div class={['workspace-tab', { on: tab === active }]} key={tab.id}>
              <button type="button" role="tab" aria-selected={tab === active} onClick={() => { workspace.active = tab.id; }}>
                <span class={['dot', tab.connection.status.value]} />{label(tab)}
              </button>
              <IconButton icon="x" label={t('workspace.close.one', { name: label(tab) })} onClick={() => void close(tab)} />
            </div>
          ))}
          <Link to="/my/assets" class="icon-button" label={t('workspace.more')} title={t('workspace.more')}><Icon name="plus" /></Link>
        </div>
        <TerminalPane key={active.id} connection={active.connection} />
      </div>
    );
  };
});

/** Takes a screen in, and says how its session stands. */
const TerminalPane = component<{ connection: Connection }>((props) => {
  const place = ref<HTMLElement>();
  const observer = new ResizeObserver(() => props.connection.fit());
  onMounted(() => {
    place.value?.append(props.connection.element);
    if (place.value) observer.observe(place.value);
    void nextTick(() => { props.connection.fit(); props.connection.focus(); });
  });
  watch(() => props.connection.status.value, () => void nextTick(() => props.connection.fit()), { flush: 'post' });
  onBeforeUnmount(() => { observer.disconnect(); props.connection.element.remove(); });
  const again = () => void props.connection.open();
  const details = () => props.connection.session.value && may('sessions.mine') && <Link class="button small" to={at`/my/sessions/${props.connection.session.value}`}>{t('terminal.details')}</Link>;
  return () => {
    const { connection } = props;
    const status = connection.status.value;
    return (
      <section class="terminal" aria-label={`${connection.account}@${connection.asset.name}`}>
        <div class="terminal-bar">
          <span class="terminal-title">{connection.title.value || `${connection.account}@${connection.asset.name}`}</span>
          <span class="stretch" />
          <span class="hint">{t('terminal.recorded')}</span>
          <IconButton icon="copy" label={t('terminal.copy')} onClick={() => connection.copySelection()} />
          <IconButton icon="clipboard" label={t('terminal.paste')} onClick={() => void connection.paste().catch(() => toastProblem(new Error(t('terminal.paste.refused'))))} />
        </div>
        {status === 'connecting' && <div class="terminal-note" role="status">{t('terminal.connecting')}</div>}
        {status === 'ended' && connection.ended.value && (
          <div class="terminal-note ended" role="alert">
            <div><strong>{connection.ended.value.title}</strong>{connection.ended.value.text && <p>{connection.ended.value.text}</p>}</div>
            <Button small kind="primary" icon="refresh" onClick={again}>{t('terminal.again')}</Button>{details()}
          </div>
        )}
        {status === 'failed' && connection.problem.value && (
          <div class="terminal-note failed">
            <ProblemNote problem={connection.problem.value} />
            <div class="row">
              <Button small kind="primary" icon="refresh" onClick={again}>{t('retry')}</Button>
              {may('tickets.open') && <Link class="button small" to={requestLink(connection)}>{t('requests.new')}</Link>}
            </div>
          </div>
        )}
        <div class="terminal-place" ref={place} />
      </section>
    );
  };
});

const requestLink = (connection: Connection): string =>
  `/requests?${new URLSearchParams({ new: '1', asset: connection.asset.id, assetName: connection.asset.name, account: connection.account })}`;
