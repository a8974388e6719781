import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { invalidate, useQuery } from '../../core/query';
import { fromLocalInput } from '../../core/time';
import { toast } from '../../core/toasts';
import type { Asset, CreateGrant, List, Node, User } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Choices, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { nodePath } from '../assets/nodes';
import { ActionsField } from '../tickets/ActionsField';

/** A grant is one indivisible set: these people, these objects, these accounts, this window. Collected, it is not made. */
export const GrantForm = component<{ onClose: () => void; onCollect?: (grant: CreateGrant) => void }>((props) => {
  const form = new Form({
    name: '', effect: 'allow', users: [] as Picked[], groups: [] as Picked[], assets: [] as Picked[], nodes: [] as Picked[], accountKind: 'name', accounts: [] as string[], except: [] as string[], actions: ['connect'], startsAt: '', endsAt: '',
  });
  const nodes = useQuery<List<Node>>(() => '/nodes');
  const folders = (): Picked[] => (nodes.data?.items ?? []).map((node, _, all) => ({ id: node.id, name: nodePath(node, all) }));
  const ids = (list: Picked[]) => list.map((one) => one.id);
  const accounts = () => {
    const { accountKind, accounts, except } = form.values;
    if (accountKind === 'name') return accounts.map((name) => ({ kind: 'name', name }));
    return [{ kind: accountKind }, ...(accountKind === 'all' ? except.map((name) => ({ kind: 'exclude', name })) : [])];
  };
  const save = async () => {
    const { values } = form;
    const grant: CreateGrant = {
      name: values.name.trim(), effect: values.effect, users: ids(values.users), groups: ids(values.groups), assets: ids(values.assets), nodes: ids(values.nodes), accounts: accounts(),
      protocols: ['ssh'], actions: values.actions, startsAt: fromLocalInput(values.startsAt), endsAt: fromLocalInput(values.endsAt),
    };
    if (props.onCollect) {
      props.onCollect(grant);
      return;
    }
    await api.post('/grants', grant);
    invalidate('/grants', '/my/assets');
    toast(t('saved', { name: values.name }));
  };
  return () => (
    <FormDrawer
      wide title={t('grant.new')} save={save} saveText={t(props.onCollect ? 'trial.take' : 'create')} onClose={props.onClose} changed={form.isChanged} known={['name', 'effect', 'users', 'groups', 'assets', 'nodes', 'accounts', 'actions', 'startsAt', 'endsAt']}
      fields={(state) => [
        <TextInput name="name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} help={t('grant.name.help')} autofocus />,
        <Choices name="effect" label={t('grant.effect')} value={[form.values.effect]} onChange={(value) => form.set('effect')(value[0] ?? 'allow')} choices={[{ value: 'allow', text: t('state.allow') }, { value: 'deny', text: t('state.deny') }]} error={state.error('effect')} help={form.values.effect === 'deny' ? t('grant.deny.help') : undefined} />,
        <div class="fields-2">
          <Picker name="users" label={t('page.users')} value={form.values.users} onChange={form.set('users')} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} error={state.error('users')} />
          <Picker name="groups" label={t('page.groups')} value={form.values.groups} onChange={form.set('groups')} path="/groups" error={state.error('groups')} />
        </div>,
        <div class="fields-2">
          <Picker name="assets" label={t('page.assets')} value={form.values.assets} onChange={form.set('assets')} path="/assets" searchBy={['name', 'address']} toChoice={(asset: Asset) => ({ id: asset.id, name: asset.name, note: asset.address })} error={state.error('assets')} />
          <Picker name="nodes" label={t('grant.nodes')} value={form.values.nodes} onChange={form.set('nodes')} choices={folders()} error={state.error('nodes')} help={t('grant.nodes.help')} />
        </div>,
        <Choices name="account-kind" label={t('grant.as')} value={[form.values.accountKind]} onChange={(value) => form.set('accountKind')(value[0] ?? 'name')} choices={[{ value: 'name', text: t('grant.accounts.named') }, { value: 'same', text: t('grant.accounts.same') }, { value: 'all', text: t('grant.accounts.all') }]} error={state.error('accounts')} />,
        form.values.accountKind === 'name' && <Tokens name="accounts" label={t('grant.accounts.named')} value={form.values.accounts} onChange={form.set('accounts')} placeholder={t('requests.accounts.placeholder')} help={t('requests.accounts.help')} />,
        form.values.accountKind === 'all' && <Tokens name="except" label={t('grant.accounts.except')} value={form.values.except} onChange={form.set('except')} />,
        <ActionsField value={form.values.actions} onChange={form.set('actions')} error={state.error('actions')} free={form.values.effect === 'deny'} />,
        <div class="fields-2">
          <TextInput name="startsAt" label={t('ticket.starts')} type="datetime-local" optional value={form.values.startsAt} onInput={form.set('startsAt')} error={state.error('startsAt')} />
          <TextInput name="endsAt" label={t('grant.ends')} type="datetime-local" optional value={form.values.endsAt} onInput={form.set('endsAt')} error={state.error('endsAt')} />
        </div>,
      ]}
    />
  );
});
