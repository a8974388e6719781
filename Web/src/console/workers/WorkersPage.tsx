import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { labelText } from '../../core/labels';
import { stateName } from '../../core/names';
import { refreshShown } from '../../core/query';
import { bytes, number } from '../../core/time';
import type { Worker } from '../../api/types';
import { CopyId, EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { PlaceWorker } from './PlaceWorker';
import { EnrolWorker } from './EnrolWorker';
import { workerActions } from './actions';

const pollMilliseconds = 5_000;

/** The gateway workers with their load, which is asked for again while somebody looks. */
export const WorkersPage = component(() => {
  const enrolling = ref(false);
  const placing = shallowRef<Worker | null>(null);
  const timer = setInterval(() => { if (document.visibilityState === 'visible') refreshShown('/workers'); }, pollMilliseconds);
  onBeforeUnmount(() => clearInterval(timer));
  const share = (worker: Worker) => worker.load / (worker.processors ?? 1);
  const columns: Column<Worker>[] = [
    { id: 'name', title: 'name', kind: 'main', sort: 'name', cell: (worker) => worker.name, text: (worker) => worker.name },
    { id: 'pool', title: 'worker.pool', cell: (worker) => [worker.pool, worker.region ? ` · ${worker.region}` : ''], text: (worker) => worker.pool },
    { id: 'labels', title: 'worker.labels', cell: (worker) => <span class="chips">{worker.labels.map((label) => <Tag key={label.key}>{labelText(label)}</Tag>)}</span>, text: (worker) => worker.labels.map(labelText).join(' ') },
    { id: 'state', title: 'state', kind: 'tight', cell: (worker) => (worker.isConnected || worker.state === 'removed' ? <StateTag state={worker.state} /> : <Tag tone="bad">{t('worker.silent')}</Tag>), text: (worker) => worker.state },
    { id: 'sessions', title: 'page.sessions', kind: 'number', cell: (worker) => number(worker.sessions), text: (worker) => String(worker.sessions) },
    { id: 'load', title: 'worker.load', kind: 'number', cell: (worker) => <meter min={0} max={100} low={60} high={85} optimum={0} value={share(worker)} aria-label={t('worker.load')} title={`${Math.round(share(worker))} %`}>{`${Math.round(share(worker))} %`}</meter>, text: (worker) => String(Math.round(share(worker))) },
    { id: 'spool', title: 'worker.spool', kind: 'number', off: true, cell: (worker) => bytes(worker.spoolBytes), text: (worker) => String(worker.spoolBytes) },
    { id: 'version', title: 'worker.version', kind: 'tight', cell: (worker) => worker.version, text: (worker) => worker.version },
    { id: 'ssh', title: 'worker.ssh', off: true, cell: (worker) => <code>{worker.sshEndpoint}</code>, text: (worker) => worker.sshEndpoint },
    { id: 'seen', title: 'worker.seen', kind: 'tight', sort: 'lastSeenAt', cell: (worker) => <RelativeTime time={worker.lastSeenAt} />, text: (worker) => worker.lastSeenAt },
    { id: 'id', title: 'id', kind: 'tight', off: true, cell: (worker) => <CopyId id={worker.id} short />, text: (worker) => worker.id },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['active', 'draining', 'quarantined', 'removed'].map((value) => ({ value, text: stateName(value) })) }];
  const enrol = () => { enrolling.value = true; };
  return () => (
    <Page title={t('page.workers')} actions={() => <Button kind="primary" icon="plus" onClick={enrol}>{t('worker.new')}</Button>}>
      <ResourceTable<Worker>
        id="workers" path="/workers" label={t('page.workers')} columns={columns} filters={filters} searchBy={['name', 'pool']} rowActions={(worker) => workerActions(worker, (one) => { placing.value = one; })}
        empty={() => <EmptyState icon="server-2" title={t('workers.empty')} text={t('workers.empty.text')} action={t('worker.new')} onAction={enrol} />}
      />
      {placing.value && <PlaceWorker worker={placing.value} onClose={() => { placing.value = null; }} />}
      {enrolling.value && <EnrolWorker onClose={() => { enrolling.value = false; }} />}
    </Page>
  );
});
