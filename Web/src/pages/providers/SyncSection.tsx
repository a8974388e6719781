import { onBeforeUnmount, ref } from 'vue';
import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { t, tKnown, tSaid } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { number } from '../../core/time';
import type { IdentityProvider, IdentitySync, IdentitySyncRun } from '../../api/types';
import { EmptyState, Fact, Facts, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column } from '../../table/columns';
import { SyncForm } from './SyncForm';
import { SyncReport } from './SyncReport';

const tones: Record<string, 'good' | 'bad' | 'wait' | 'mute'> = { done: 'good', failed: 'bad', held: 'wait', waiting: 'wait', running: 'wait' };
const isUnderWay = (run: IdentitySyncRun | undefined) => run?.state === 'waiting' || run?.state === 'running';

/** How the people of a provider are kept up with: the settings, the latest report and all runs. */
export const SyncSection = component<{ provider: IdentityProvider }>((props) => {
  const path = () => at`/identity-providers/${props.provider.id}/sync`;
  const runs = () => at`/identity-providers/${props.provider.id}/sync-runs`;
  const sync = useQuery<IdentitySync>(path);
  const shown = ref<string | null>(null);
  const latest = useQuery<{ items: IdentitySyncRun[] }>(() => `${runs()}?limit=1`);
  const picked = useQuery<IdentitySyncRun>(() => (shown.value ? at`/identity-providers/${props.provider.id}/sync-runs/${shown.value}` : null));
  const editing = ref(false);
  const timer = setInterval(() => { if (isUnderWay(latest.data?.items[0])) invalidate(path(), runs()); }, 2000);
  onBeforeUnmount(() => clearInterval(timer));
  const start = async (kind: 'preview' | 'run') => {
    shown.value = null;
    await act(() => api.post(runs(), { kind }), { changes: [path(), runs()] });
  };
  // A run that holds for people has not looked at memberships.
  const question = (run: IdentitySyncRun) => {
    const removals = run.report?.removals ?? 0;
    if (removals) return { held: t('sync.held.removals', { count: number(removals) }), title: t('sync.remove.title'), text: t('sync.remove.text', { count: number(removals) }), action: t('sync.remove') };
    const count = number(run.report?.leavers.count ?? 0);
    return { held: t('sync.held', { count }), title: t('sync.confirm.title'), text: t('sync.confirm.text', { count }), action: t('sync.confirm') };
  };
  const startConfirmed = (run: IdentitySyncRun) => {
    const { title, text, action } = question(run);
    return confirm({
      title, text, action, danger: true,
      work: async () => {
        await api.post(runs(), { kind: 'run', mayDisable: run.report?.leavers.count ?? 0, mayRemove: run.report?.removals ?? 0 });
        invalidate(path(), runs());
      },
    });
  };
  const state = (run: IdentitySyncRun) => <Tag tone={tones[run.state] ?? 'mute'}>{tKnown(`sync-state.${run.state}`, run.state)}</Tag>;
  const columns: Column<IdentitySyncRun>[] = [
    { id: 'kind', title: 'sync.kind', kind: 'main', cell: (run) => <button type="button" class="link" onClick={() => { shown.value = run.id; }}>{tKnown(`sync-kind.${run.kind}`, run.kind)}</button>, text: (run) => run.kind },
    { id: 'state', title: 'state', cell: state, text: (run) => run.state },
    { id: 'by', title: 'sync.by', cell: (run) => run.askedBy ?? t('sync.by.schedule'), text: (run) => run.askedBy ?? '' },
    { id: 'entries', title: 'sync.entries', kind: 'tight', cell: (run) => number(run.entries), text: (run) => String(run.entries) },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (run) => <RelativeTime time={run.createdAt} />, text: (run) => run.createdAt },
  ];
  const settings = (now: IdentitySync) => (
    <Facts>
      <Fact label="sync.interval">{now.intervalMinutes === null ? t('sync.interval.none') : t('sync.interval.minutes', { count: number(now.intervalMinutes) })}</Fact>
      <Fact label="sync.creates">{t(now.createsUsers ? 'yes' : 'no')}</Fact>
      <Fact label="sync.disables">{t(now.disablesLeavers ? 'yes' : 'no')}</Fact>
      <Fact label="sync.percent">{number(now.leaverPercent)}</Fact>
      <Fact label="sync.imports">{t(now.importsGroups ? 'yes' : 'no')}</Fact>
      <Fact label="sync.previewed"><RelativeTime time={now.previewedAt} /></Fact>
      <Fact label="sync.next"><RelativeTime time={now.nextRunAt} /></Fact>
    </Facts>
  );
  const report = (run: IdentitySyncRun) => (
    <div class="sync-run">
      <p role="status">{tKnown(`sync-kind.${run.kind}`, run.kind)} {state(run)} {isUnderWay(run) && t('sync.read', { count: number(run.entries) })}</p>
      {run.error && <p class="note danger"><code>{tSaid(run.error)}</code></p>}
      {run.state === 'held' && <div class="note wait held"><div>{question(run).held}</div>{may('identity-providers.manage') && <Button kind="danger" onClick={() => void startConfirmed(run)}>{question(run).action}</Button>}</div>}
      {run.report && <SyncReport report={run.report} preview={run.kind === 'preview'} />}
    </div>
  );
  return () => {
    const run = picked.data ?? latest.data?.items[0];
    return (
      <Section title={t('sync')} actions={() => may('identity-providers.manage') && [
        <Button icon="edit" onClick={() => { editing.value = true; }} disabled={!sync.data}>{t('sync.settings')}</Button>,
        <Button onClick={() => void start('preview')} disabled={isUnderWay(latest.data?.items[0])}>{t('sync.preview')}</Button>,
        <Button kind="primary" onClick={() => void start('run')} disabled={!sync.data?.previewedAt || isUnderWay(latest.data?.items[0])}>{t('sync.run')}</Button>,
      ]}>
        {sync.data && settings(sync.data)}
        {sync.data && !sync.data.previewedAt && <p class="note">{t('sync.first')}</p>}
        {run && report(run)}
        <h3 class="table-title">{t('sync.runs')}</h3>
        <ResourceTable<IdentitySyncRun>
          id="identity-sync-runs" path={runs()} label={t('sync.runs')} columns={columns}
          empty={() => <EmptyState icon="refresh" title={t('sync.runs.empty')} text={t('sync.runs.empty.text')} />}
        />
        {editing.value && sync.data && <SyncForm provider={props.provider} sync={sync.data} onClose={() => { editing.value = false; }} />}
      </Section>
    );
  };
});
