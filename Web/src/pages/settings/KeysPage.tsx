import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { TenantKeys } from '../../api/types';
import { CopyId, Fact, Facts, RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { FormDrawer } from '../../ui/FormDrawer';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { TextInput } from '../../ui/inputs';

/** The company's keys: which one seals, how far a rotation is, and who keeps the key above them. */
export const KeysPage = component(() => {
  const answer = useQuery<TenantKeys>(() => '/keys');
  const bringing = ref(false);
  const rotate = () => confirm({
    title: t('keys.rotate.title'), text: t('keys.rotate.text'), action: t('keys.rotate'),
    work: async () => { await api.post('/keys/rotate'); invalidate('/keys'); toast(t('keys.rotated')); },
  });
  const stop = () => confirm({
    title: t('keys.stop.title'), text: t('keys.stop.text'), action: t('keys.stop'), danger: true,
    work: async () => { await api.delete('/keys/own'); invalidate('/keys'); toast(t('keys.stopped')); },
  });
  const show = (keys: TenantKeys) => [
    <Section title={t('keys.top')} actions={() => may('keys.manage') && [
      <Button onClick={() => { bringing.value = true; }}>{t(keys.own ? 'keys.change' : 'keys.bring')}</Button>,
      keys.own && <Button kind="danger" onClick={() => void stop()}>{t('keys.stop')}</Button>,
    ]}>
      <p class="lead">{t(keys.own ? 'keys.top.own' : 'keys.top.ours')}</p>
      {keys.own && <Facts><Fact label="keys.address"><code>{keys.own.address}</code></Fact><Fact label="keys.mount"><code>{keys.own.mount}</code></Fact><Fact label="keys.name"><code>{keys.own.name}</code></Fact></Facts>}
    </Section>,
    <Section title={t('keys.list')}>
      {keys.waiting > 0 && <p class="lead" role="status">{t('keys.waiting', { count: keys.waiting })}</p>}
      <ul class="list">
        {keys.keys.map((key) => (
          <li key={key.id}>
            <div class="grow"><strong>{t('keys.version', { version: key.version })}</strong> <CopyId id={key.id} short /></div>
            <Tag tone={key.retiredAt ? 'mute' : 'good'}>{t(key.retiredAt ? 'keys.retired' : 'keys.current')}</Tag>
            <RelativeTime time={key.retiredAt ?? key.createdAt} />
          </li>
        ))}
      </ul>
    </Section>,
  ];
  return () => (
    <Page title={t('page.keys')} lead={t('keys.lead')} narrow actions={() => may('keys.manage') && <Button kind="primary" icon="refresh" onClick={() => void rotate()}>{t('keys.rotate')}</Button>}>
      <Loaded answer={answer} lines={5} show={show} />
      {bringing.value && <OwnKeyForm onClose={() => { bringing.value = false; }} />}
    </Page>
  );
});

const OwnKeyForm = component<{ onClose: () => void }>((props) => {
  const form = new Form({ address: '', mount: 'transit', name: '', token: '' });
  const save = async () => {
    await api.put('/keys/own', { ...form.values, address: form.values.address.trim() });
    invalidate('/keys');
    toast(t('keys.brought'));
  };
  return () => (
    <FormDrawer
      title={t('keys.bring')} save={save} saveText={t('keys.bring.action')} onClose={props.onClose} changed={form.isChanged} note={t('keys.bring.note')} known={['address', 'mount', 'name', 'token']}
      fields={(state) => [
        <TextInput name="address" label={t('keys.address')} value={form.values.address} onInput={form.set('address')} error={state.error('address')} placeholder="https://" monospace autofocus />,
        <TextInput name="mount" label={t('keys.mount')} value={form.values.mount} onInput={form.set('mount')} error={state.error('mount')} monospace />,
        <TextInput name="name" label={t('keys.name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} monospace />,
        <TextInput name="token" label={t('keys.token')} type="password" autocomplete="new-password" value={form.values.token} onInput={form.set('token')} error={state.error('token')} help={t('keys.token.help')} />,
      ]}
    />
  );
});
