import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { labelText, readLabel } from '../../core/labels';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Page, Pinning, Tenant, Worker } from '../../api/types';
import { Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Loaded } from '../../ui/Loaded';
import { Tokens } from '../../ui/Tokens';
import { allows, isShared } from './pinning';

/** Through which workers a company's sessions go. */
export const TenantPinning = component<{ tenant: Tenant }>((props) => {
  const { tenant } = props;
  const answer = useQuery<Pinning>(() => at`/tenants/${tenant.id}/pinning`);
  const workers = useQuery<Page<Worker>>(() => '/workers?limit=200');
  const changing = ref(false);
  const changed = () => invalidate(at`/tenants/${tenant.id}/pinning`, '/audit-events');
  const free = () => confirm({
    title: t('pinning.free'), text: t('pinning.free.text', { name: tenant.name }), action: t('pinning.free'),
    work: async () => { await api.delete(at`/tenants/${tenant.id}/pinning`); changed(); toast(t('pinning.freed', { name: tenant.name })); },
  });
  const show = (pinning: Pinning) => {
    const open = (workers.data?.items ?? []).filter((worker) => worker.state !== 'removed' && allows(pinning, worker));
    return [
      <Section title={t('pinning.title')} actions={() => [
        !isShared(pinning) && <Button onClick={() => void free()}>{t('pinning.free')}</Button>,
        <Button icon="edit" onClick={() => { changing.value = true; }}>{t('pinning.change')}</Button>,
      ]}>
        <div class="card">
          <p>{t(isShared(pinning) ? 'pinning.shared' : 'pinning.bound', { name: tenant.name })}</p>
          <p class="chips" data-testid="pinning">
            {pinning.pools.map((pool) => <Tag key={pool} tone="good">{t('rule.pool', { pool })}</Tag>)}
            {pinning.labels.map((label) => <Tag key={label.key}>{labelText(label)}</Tag>)}
          </p>
        </div>
      </Section>,
      workers.data && (
        <Section title={t('pinning.workers', { count: open.length })}>
          {open.length === 0 ? <p class="note danger" role="alert">{t('pinning.nobody', { name: tenant.name })}</p> : (
            <ul class="list">{open.map((worker) => <li key={worker.id}><div class="grow"><b>{worker.name}</b> <small>{[worker.pool, worker.region].filter(Boolean).join(' · ')}</small></div><StateTag state={worker.state} /></li>)}</ul>
          )}
        </Section>
      ),
      changing.value && <PinningForm tenant={tenant} pinning={pinning} pools={[...new Set((workers.data?.items ?? []).map((worker) => worker.pool))].sort()} onClose={() => { changing.value = false; }} />,
    ];
  };
  return () => <Loaded answer={answer} lines={4} show={show} />;
});

const PinningForm = component<{ tenant: Tenant; pinning: Pinning; pools: string[]; onClose: () => void }>((props) => {
  const form = new Form({ pools: props.pinning.pools, labels: props.pinning.labels.map(labelText) });
  const { values } = form;
  const save = async () => {
    await api.put(at`/tenants/${props.tenant.id}/pinning`, { pools: values.pools, labels: values.labels.map(readLabel) });
    invalidate(at`/tenants/${props.tenant.id}/pinning`, '/audit-events');
    toast(t('saved', { name: props.tenant.name }));
  };
  return () => (
    <FormDrawer
      title={t('pinning.change.title', { name: props.tenant.name })} save={save} onClose={props.onClose} changed={form.isChanged} disabled={!form.isChanged} known={['pools', 'labels']} note={t('pinning.note')}
      fields={(state) => [
        <Tokens name="pools" label={t('rule.pools')} value={values.pools} onChange={form.set('pools')} suggestions={props.pools} error={state.error('pools')} changed={form.changed('pools')} help={t('pinning.pools.help')} />,
        <Tokens name="labels" label={t('worker.labels')} value={values.labels} onChange={form.set('labels')} error={state.error('labels')} changed={form.changed('labels')} help={t('pinning.labels.help')} />,
      ]}
    />
  );
});
