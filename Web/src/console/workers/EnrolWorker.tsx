import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { readLabel } from '../../core/labels';
import { invalidate } from '../../core/query';
import type { WorkerToken } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { showOnce } from '../../ui/SecretOnce';
import { TextInput } from '../../ui/inputs';
import { Tokens } from '../../ui/Tokens';

/** A one-time token by which a machine becomes a worker of a pool. */
export const EnrolWorker = component<{ onClose: () => void }>((props) => {
  const form = new Form({ pool: 'default', labels: [] as string[] });
  const save = async () => {
    const { token } = await api.post<WorkerToken>('/worker-enrolments', { pool: form.values.pool.trim(), labels: form.values.labels.map(readLabel) });
    showOnce({ title: t('worker.token'), text: t('worker.token.text'), value: token });
    invalidate('/audit-events');
  };
  return () => (
    <FormDrawer
      title={t('worker.new')} save={save} saveText={t('worker.token.make')} onClose={props.onClose} changed={form.isChanged} known={['pool', 'labels']}
      fields={(state) => [
        <TextInput name="pool" label={t('worker.pool')} value={form.values.pool} onInput={form.set('pool')} error={state.error('pool')} help={t('worker.pool.help')} autofocus />,
        <Tokens name="labels" label={t('worker.labels')} value={form.values.labels} onChange={form.set('labels')} error={state.error('labels')} help={t('worker.labels.help')} />,
      ]}
    />
  );
});
