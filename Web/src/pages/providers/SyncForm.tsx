import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { IdentityProvider, IdentitySync } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, TextInput } from '../../ui/inputs';

/** When the people of a provider are looked through, which of them, and what becomes of those who come and go. */
export const SyncForm = component<{ provider: IdentityProvider; sync: IdentitySync; onClose: () => void }>((props) => {
  const { provider, sync } = props;
  const form = new Form({ interval: sync.intervalMinutes === null ? '' : String(sync.intervalMinutes), filter: sync.filter ?? '', creates: sync.createsUsers, disables: sync.disablesLeavers, percent: String(sync.leaverPercent), groups: sync.importsGroups, groupFilter: sync.groupFilter ?? '' });
  const save = async () => {
    const { interval, filter, creates, disables, percent, groups, groupFilter } = form.values;
    const body = {
      ...(form.changed('interval') && { intervalMinutes: interval.trim() ? Number(interval) : null }), ...(form.changed('filter') && { filter: filter.trim() || null }),
      ...(form.changed('creates') && { createsUsers: creates }), ...(form.changed('disables') && { disablesLeavers: disables }),
      ...(form.changed('percent') && { leaverPercent: Number(percent) }),
      ...(form.changed('groups') && { importsGroups: groups }), ...(form.changed('groupFilter') && { groupFilter: groupFilter.trim() || null }),
    };
    await api.patch(at`/identity-providers/${provider.id}/sync`, body, sync.version);
    invalidate(at`/identity-providers/${provider.id}/sync`);
    toast(t('saved', { name: t('sync') }));
  };
  const fields = (state: FormState) => (
    <div>
      <TextInput name="interval" label={t('sync.interval')} type="number" min={15} max={10080} value={form.values.interval} onInput={form.set('interval')} error={state.error('intervalMinutes')} help={t('sync.interval.help')} optional autofocus />
      <TextInput name="filter" label={t('sync.filter')} value={form.values.filter} onInput={form.set('filter')} error={state.error('filter')} help={t('sync.filter.help')} optional monospace />
      <Checkbox name="creates" label={t('sync.creates')} checked={form.values.creates} onChange={form.set('creates')} />
      <Checkbox name="disables" label={t('sync.disables')} checked={form.values.disables} onChange={form.set('disables')} help={t('sync.disables.help')} disabled={!sync.previewedAt && !sync.disablesLeavers} />
      <TextInput name="percent" label={t('sync.percent')} type="number" min={1} max={100} value={form.values.percent} onInput={form.set('percent')} error={state.error('leaverPercent')} help={t('sync.percent.help')} />
      <Checkbox name="groups" label={t('sync.imports')} checked={form.values.groups} onChange={form.set('groups')} help={t('sync.imports.help')} />
      {form.values.groups && <TextInput name="group-filter" label={t('sync.group-filter')} value={form.values.groupFilter} onInput={form.set('groupFilter')} error={state.error('groupFilter')} help={t('sync.group-filter.help')} optional monospace />}
    </div>
  );
  return () => <FormDrawer title={t('sync.settings')} known={['intervalMinutes', 'filter', 'leaverPercent', 'groupFilter']} changed={form.isChanged} save={save} onClose={props.onClose} fields={fields} />;
});
