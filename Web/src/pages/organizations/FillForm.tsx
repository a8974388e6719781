import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { List, Node, Organization, User } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Picker, type Picked } from '../../ui/Picker';
import { nodePath } from '../assets/nodes';

/** Moves people and things into an organization. */
export const FillForm = component<{ organization: Organization; onClose: () => void }>((props) => {
  const form = new Form<{ users: Picked[]; groups: Picked[]; assets: Picked[]; nodes: Picked[] }>({ users: [], groups: [], assets: [], nodes: [] });
  const nodes = useQuery<List<Node>>(() => (may('assets.read') ? '/nodes' : null));
  const folders = (): Picked[] => (nodes.data?.items ?? []).map((node, _, all) => ({ id: node.id, name: nodePath(node, all) }));
  const ids = (picked: Picked[]) => picked.map((one) => one.id);
  const save = async () => {
    await api.post(at`/organizations/${props.organization.id}/members`, { users: ids(form.values.users), groups: ids(form.values.groups), assets: ids(form.values.assets), nodes: ids(form.values.nodes) });
    invalidate('/users', '/groups', '/assets', '/nodes', '/organizations');
    toast(t('organization.filled', { name: props.organization.name }));
  };
  return () => (
    <FormDrawer
      title={t('organization.fill.title', { name: props.organization.name })} note={t('organization.fill.note')} save={save} onClose={props.onClose} changed={form.isChanged}
      known={['users', 'groups', 'assets', 'nodes']} saveText={t('organization.fill')} disabled={!form.isChanged}
      fields={(state) => [
        <Picker
          name="fill-users" label={t('organization.people')} value={form.values.users} onChange={form.set('users')} error={state.error('users')} path="/users" searchBy={['name', 'login']} optional
          toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })}
        />,
        <Picker name="fill-groups" label={t('page.groups')} value={form.values.groups} onChange={form.set('groups')} error={state.error('groups')} path="/groups" optional />,
        <Picker name="fill-assets" label={t('page.assets')} value={form.values.assets} onChange={form.set('assets')} error={state.error('assets')} path="/assets" optional />,
        <Picker name="fill-nodes" label={t('grant.nodes')} value={form.values.nodes} onChange={form.set('nodes')} error={state.error('nodes')} choices={folders()} help={t('organization.fill.nodes')} optional />,
      ]}
    />
  );
});
