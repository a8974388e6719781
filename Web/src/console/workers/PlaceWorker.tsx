import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { labelText, readLabel } from '../../core/labels';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Worker } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';

/** Where a worker stands: the provider says so, never the worker. */
export const PlaceWorker = component<{ worker: Worker; onClose: () => void }>((props) => {
  const { worker } = props;
  const form = new Form({ pool: worker.pool, region: worker.region ?? '', labels: worker.labels.map(labelText) });
  const { values } = form;
  const save = async () => {
    await api.put(at`/workers/${worker.id}/place`, { pool: values.pool.trim(), region: values.region.trim(), labels: values.labels.map(readLabel) });
    invalidate('/workers', '/audit-events');
    toast(t('worker.told', { name: worker.name }));
  };
  return () => (
    <FormDrawer
      title={t('worker.place.title', { name: worker.name })} save={save} onClose={props.onClose} changed={form.isChanged} disabled={!form.isChanged} known={['pool', 'region', 'labels']} note={t('worker.place.note')}
      fields={(state) => [
        <TextInput name="pool" label={t('worker.pool')} value={values.pool} onInput={form.set('pool')} error={state.error('pool')} changed={form.changed('pool')} help={t('worker.place.pool.help')} monospace autofocus />,
        <TextInput name="region" label={t('rule.region')} optional value={values.region} onInput={form.set('region')} error={state.error('region')} changed={form.changed('region')} monospace />,
        <Tokens name="labels" label={t('worker.labels')} value={values.labels} onChange={form.set('labels')} error={state.error('labels')} changed={form.changed('labels')} help={t('worker.labels.help')} />,
      ]}
    />
  );
});
