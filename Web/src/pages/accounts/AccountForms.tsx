import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Account, Asset } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Choices, TextArea, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { kindName } from './AccountTable';

const secretField = (kind: string, value: string, onInput: (value: string) => void, state: FormState, autofocus = false) => (kind === 'ssh-key'
  ? <TextArea name="secret" label={t('account.secret.ssh-key')} value={value} onInput={onInput} error={state.error('secret')} rows={7} monospace help={t('account.secret.ssh-key.help')} autofocus={autofocus} />
  : <TextInput name="secret" label={t('password')} type="password" value={value} onInput={onInput} error={state.error('secret')} autocomplete="new-password" autofocus={autofocus} />);

export const AccountForm = component<{ account: Account | null; asset?: Asset; onClose: () => void }>((props) => {
  const { account } = props;
  const form = new Form({
    asset: (props.asset ? [{ id: props.asset.id, name: props.asset.name }] : []) as Picked[], name: account?.name ?? '', kind: account?.kind ?? 'password', secret: '', privileged: account?.privileged ?? false, exclusive: account?.exclusive ?? false,
  });
  const save = async () => {
    const { asset, name, kind, secret, privileged, exclusive } = form.values;
    if (account) await api.patch(at`/accounts/${account.id}`, form.changes, account.version);
    else await api.post('/accounts', { asset: asset[0]?.id ?? '', name: name.trim(), kind, secret, privileged, exclusive });
    invalidate('/accounts', '/my/assets');
    toast(t('saved', { name }));
  };
  return () => (
    <FormDrawer
      title={account ? t('account.edit', { name: `${account.name}@${account.assetName}` }) : t('account.new')} save={save} saveText={account ? t('save') : t('create')} onClose={props.onClose} changed={form.isChanged}
      disabled={account !== null && !form.isChanged} known={['asset', 'name', 'kind', 'secret']}
      fields={(state) => [
        !account && !props.asset && <Picker one name="asset" label={t('asset')} value={form.values.asset} onChange={form.set('asset')} path="/assets" searchBy={['name', 'address']} error={state.error('asset')} toChoice={(item: Asset) => ({ id: item.id, name: item.name, note: item.address })} autofocus />,
        <TextInput name="name" label={t('account.name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} changed={account !== null && form.changed('name')} monospace help={t('account.name.help')} />,
        !account && <Choices name="kind" label={t('account.kind')} value={[form.values.kind]} onChange={(value) => form.set('kind')(value[0] ?? 'password')} choices={['password', 'ssh-key'].map((value) => ({ value, text: kindName(value) }))} error={state.error('kind')} />,
        !account && secretField(form.values.kind, form.values.secret, form.set('secret'), state),
        <Checkbox name="privileged" label={t('account.privileged.label')} help={t('account.privileged.help')} checked={form.values.privileged} onChange={form.set('privileged')} />,
        <Checkbox name="exclusive" label={t('account.exclusive.label')} help={t('account.exclusive.help')} checked={form.values.exclusive} onChange={form.set('exclusive')} />,
      ]}
    />
  );
});

export const SecretForm = component<{ account: Account; onClose: () => void }>((props) => {
  const form = new Form({ secret: '' });
  const save = async () => {
    await api.post(at`/accounts/${props.account.id}/secret`, { secret: form.values.secret });
    invalidate('/accounts', '/check-outs');
    toast(t('account.secret.saved'));
  };
  return () => (
    <FormDrawer
      dialog title={t('account.set-secret')} save={save} onClose={props.onClose} changed={form.isChanged} known={['secret']} disabled={!form.values.secret}
      note={t('account.secret.note', { name: `${props.account.name}@${props.account.assetName}` })}
      fields={(state) => secretField(props.account.kind, form.values.secret, form.set('secret'), state, true)}
    />
  );
});
