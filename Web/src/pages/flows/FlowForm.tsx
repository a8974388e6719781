import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Approver, Flow, FlowLevel, Page, Role, User, Webhook } from '../../api/types';
import { Button, IconButton } from '../../ui/Button';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Choices, Select, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';

interface Level { name: string; webhook: string; users: Picked[]; groups: Picked[]; roles: string[] }

const most = 5;
const of = (level: FlowLevel, kind: 'user' | 'group'): Picked[] => level.approvers.flatMap((approver) => (approver[kind] ? [{ id: approver[kind], name: approver.name }] : []));
const empty = (): Level => ({ name: '', webhook: '', users: [], groups: [], roles: [] });

const read = (level: FlowLevel): Level => ({
  name: level.name, webhook: level.webhook ?? '', users: of(level, 'user'), groups: of(level, 'group'), roles: level.approvers.flatMap((approver) => approver.role ?? []),
});

function approvers(level: Level): Omit<Approver, 'name'>[] {
  return [...level.users.map((one) => ({ user: one.id })), ...level.groups.map((one) => ({ group: one.id })), ...level.roles.map((role) => ({ role }))];
}

/** Levels in order, and who may decide on each; one of them is enough. */
export const FlowForm = component<{ flow: Flow | null; first: boolean; onClose: () => void }>((props) => {
  const { flow } = props;
  const form = new Form({ name: flow?.name ?? '', isDefault: flow?.isDefault ?? props.first, levels: flow?.levels.map(read) ?? [empty(), empty()] });
  const roles = useQuery<Page<Role>>(() => (may('roles.read') ? '/roles' : null));
  const webhooks = useQuery<Page<Webhook>>(() => (may('webhooks.read') ? '/webhooks' : null));
  const save = async () => {
    const body = {
      name: form.values.name.trim(), isDefault: form.values.isDefault,
      levels: form.values.levels.map((level) => ({ name: level.name.trim(), webhook: level.webhook || null, approvers: approvers(level) })),
    };
    if (flow) await api.put(at`/flows/${flow.id}`, body, flow.version);
    else await api.post('/flows', body);
    invalidate('/flows');
    toast(t('saved', { name: body.name }));
  };
  const change = (index: number, patch: Partial<Level>) => { form.values.levels = form.values.levels.map((level, place) => (place === index ? { ...level, ...patch } : level)); };
  const level = (one: Level, index: number, state: FormState) => (
    <section class="fieldset" key={index} aria-label={t('path.level', { level: index + 1 })}>
      <header>
        <h3>{t('path.level', { level: index + 1 })}</h3>
        {form.values.levels.length > 1 && <IconButton danger icon="trash" label={t('flow.level.remove', { level: index + 1 })} onClick={() => { form.values.levels = form.values.levels.filter((_, place) => place !== index); }} />}
      </header>
      <TextInput name={`level-${index}`} label={t('name')} value={one.name} onInput={(name) => change(index, { name })} error={state.error(`levels/${index}/name`)} placeholder={t('flow.level.placeholder')} />
      <Picker name={`groups-${index}`} label={t('page.groups')} value={one.groups} onChange={(groups) => change(index, { groups })} path="/groups" error={state.error(`levels/${index}/approvers`)} />
      <Picker name={`users-${index}`} label={t('page.users')} value={one.users} onChange={(users) => change(index, { users })} path="/users" searchBy={['name', 'login']} toChoice={(user: User) => ({ id: user.id, name: user.name, note: user.login })} />
      {(roles.data?.items.length ?? 0) > 0 && <Choices many name={`roles-${index}`} label={t('user.roles')} value={one.roles} onChange={(value) => change(index, { roles: value })} choices={roles.data!.items.map((role) => ({ value: role.id, text: roleName(role) }))} />}
      <Select name={`webhook-${index}`} label={t('flow.webhook')} value={one.webhook} onChange={(webhook) => change(index, { webhook })} placeholder={t('flow.webhook.none')} choices={(webhooks.data?.items ?? []).map((webhook) => ({ value: webhook.id, text: webhook.name }))} help={t('flow.webhook.help')} error={state.error(`levels/${index}/webhook`)} />
    </section>
  );
  return () => (
    <FormDrawer
      wide title={flow ? t('flow.edit', { name: flow.name }) : t('flow.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['name', 'isDefault', ...form.values.levels.flatMap((_, index) => ['name', 'approvers', 'webhook'].map((name) => `levels/${index}/${name}`))]}
      fields={(state) => [
        <TextInput name="flow-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus={!flow} />,
        <Checkbox name="default" label={t('flow.default.label')} checked={form.values.isDefault} onChange={form.set('isDefault')} help={t('flow.default.help')} disabled={flow?.isDefault} />,
        form.values.levels.map((one, index) => level(one, index, state)),
        form.values.levels.length < most && <Button icon="plus" onClick={() => { form.values.levels = [...form.values.levels, empty()]; }}>{t('flow.level.add')}</Button>,
      ]}
    />
  );
});
