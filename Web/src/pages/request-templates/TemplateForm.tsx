import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t, tKnown } from '../../core/i18n';
import { labelText, readLabel } from '../../core/labels';
import { platformName } from '../../core/names';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { hoursOf, secondsOf } from '../../core/time';
import type { List, Named, Node, Organization, RequestableAsset, RequestTemplate } from '../../api/types';
import { FormDrawer, type FormState } from '../../ui/FormDrawer';
import { Checkbox, Choices, Select, TextArea, TextInput } from '../../ui/inputs';
import { Picker, type Picked } from '../../ui/Picker';
import { Tokens } from '../../ui/Tokens';
import { nodePath } from '../assets/nodes';
import { ActionsField, withFirst } from '../tickets/ActionsField';
import { hasTargets, kinds, type Kind } from '../tickets/request';
import { RoleAndPlace } from '../tickets/RoleFields';

export const templatesPath = '/request-templates';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const named = (things: Named[]): Picked[] => things.map((one) => ({ id: one.id, name: one.name || t('templates.gone') }));

/** A template: what is filled in, what whoever takes it has to say, and who is offered it. */
export const TemplateForm = component<{ template: RequestTemplate | null; onClose: () => void }>((props) => {
  const before = props.template?.template;
  const form = new Form({
    name: before?.name ?? '', note: before?.note ?? '', enabled: before?.enabled ?? true, organization: props.template?.organization ?? '', kind: (kinds.find((one) => one === before?.kind) ?? 'access') as Kind,
    assets: named(props.template?.assets ?? []), nodes: named(props.template?.nodes ?? []), labels: (before?.labels ?? []).map(labelText), accounts: before?.accounts ?? [], actions: withFirst(before?.actions ?? []),
    hours: hoursOf(before?.durationSeconds ?? 3_600), subject: text(before?.content.subject), role: text(before?.content.role), place: text(before?.content.organization), reason: before?.reason ?? '',
    groups: named(props.template?.groups ?? []),
  });
  const organizations = useQuery<List<Organization>>(() => (may('organizations.read') ? '/organizations' : null));
  const nodes = useQuery<List<Node>>(() => (may('assets.read') ? '/nodes' : null));
  const seconds = () => secondsOf(form.values.hours) || 0;
  const content = () => {
    if (form.values.kind === 'general') return { subject: form.values.subject.trim() };
    if (form.values.kind === 'role') return { role: form.values.role, ...(form.values.place ? { organization: form.values.place } : {}), durationSeconds: seconds() };
    return {};
  };
  const save = async () => {
    const { values } = form;
    const isAbout = hasTargets(values.kind);
    const ids = (things: Picked[]) => (isAbout ? things.map((one) => one.id) : []);
    const body = {
      name: values.name.trim(), note: values.note.trim(), enabled: values.enabled, kind: values.kind, content: content(), assets: ids(values.assets), nodes: ids(values.nodes),
      labels: isAbout ? values.labels.map(readLabel) : [], accounts: isAbout ? values.accounts : [], actions: values.actions, durationSeconds: seconds(), reason: values.reason, groups: values.groups.map((one) => one.id),
      ...(values.organization ? { organization: values.organization } : {}),
    };
    if (props.template) await api.put(at`/request-templates/${props.template.id}`, body, props.template.version);
    else await api.post(templatesPath, body);
    invalidate(templatesPath, '/my/request-templates');
  };
  const places = () => organizations.data?.items ?? [];
  const folders = () => { const list = nodes.data?.items ?? []; return list.map((one) => ({ id: one.id, name: nodePath(one, list) })); };
  const access = (state: FormState) => [
    <Picker
      name="template-assets" label={t('ticket.assets')} optional value={form.values.assets} onChange={form.set('assets')} path="/requestable-assets" error={state.error('assets')} help={t('templates.assets.help')}
      toChoice={(item: RequestableAsset) => ({ id: item.id, name: item.name, note: platformName(item.platform) })}
    />,
    folders().length > 0 && <Picker name="template-nodes" label={t('templates.nodes')} optional value={form.values.nodes} onChange={form.set('nodes')} choices={folders()} error={state.error('nodes')} help={t('templates.nodes.help')} />,
    <Tokens name="template-labels" label={t('templates.labels')} value={form.values.labels} onChange={form.set('labels')} error={state.error('labels')} help={t('templates.labels.help')} placeholder={t('templates.labels.placeholder')} />,
    <Tokens name="template-accounts" label={t('ticket.accounts')} value={form.values.accounts} onChange={form.set('accounts')} error={state.error('accounts')} help={t('requests.accounts.help')} placeholder={t('requests.accounts.placeholder')} />,
    form.values.kind === 'access' && <ActionsField name="template-actions" value={form.values.actions} onChange={form.set('actions')} error={state.error('actions')} />,
  ];
  const role = (state: FormState) => <RoleAndPlace name="template-role" role={form.values.role} onRole={form.set('role')} roleError={state.error('content')} place={form.values.place} onPlace={form.set('place')} />;
  return () => (
    <FormDrawer
      title={before ? t('templates.edit', { name: before.name }) : t('templates.new')} save={save} onClose={props.onClose} changed={form.isChanged}
      known={['name', 'note', 'organization', 'kind', 'content', 'assets', 'nodes', 'labels', 'accounts', 'actions', 'durationSeconds', 'reason', 'groups']}
      fields={(state) => [
        <TextInput name="template-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus={!before} maxlength={100} />,
        <TextInput name="template-note" label={t('templates.note')} optional value={form.values.note} onInput={form.set('note')} error={state.error('note')} help={t('templates.note.help')} maxlength={300} />,
        !before && places().length > 1 && <Select name="template-organization" label={t('templates.organization')} value={form.values.organization} onChange={form.set('organization')} placeholder={t('flow.organization.here')} choices={places().map((one) => ({ value: one.id, text: one.name }))} error={state.error('organization')} />,
        <Choices name="template-kind" label={t('ticket.kind')} value={[form.values.kind]} onChange={(value) => form.set('kind')((value[0] ?? 'access') as Kind)} error={state.error('kind')} choices={kinds.map((value) => ({ value, text: tKnown(`ticket-kind.${value}`, value) }))} />,
        ...(hasTargets(form.values.kind) ? access(state) : form.values.kind === 'role' ? [role(state)] : [<TextInput name="template-subject" label={t('ticket.words')} value={form.values.subject} onInput={form.set('subject')} error={state.error('content')} maxlength={200} />]),
        form.values.kind !== 'general' && <TextInput name="template-hours" label={t('role-request.hours')} type="number" min={0} value={form.values.hours} onInput={form.set('hours')} inputmode="decimal" error={state.error('durationSeconds')} />,
        <TextArea name="template-reason" label={t('templates.reason')} optional value={form.values.reason} onInput={form.set('reason')} error={state.error('reason')} help={t('templates.reason.help')} rows={2} />,
        may('groups.read') && <Picker name="template-groups" label={t('templates.groups')} optional value={form.values.groups} onChange={form.set('groups')} path="/groups" error={state.error('groups')} help={t('templates.groups.help')} />,
        <Checkbox name="template-enabled" label={t('templates.enabled')} checked={form.values.enabled} onChange={form.set('enabled')} />,
      ]}
    />
  );
});
