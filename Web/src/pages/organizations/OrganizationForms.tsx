import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate } from '../../core/query';
import { toast } from '../../core/toasts';
import type { Organization } from '../../api/types';
import { FormDrawer } from '../../ui/FormDrawer';
import { Select, TextInput } from '../../ui/inputs';
import { organizationPath } from './tree';

const choices = (items: Organization[], except?: string) =>
  items.filter((item) => item.id !== except).map((item) => ({ value: item.id, text: organizationPath(item, items) }));

/** Names an organization and says what it lies below. */
export const OrganizationForm = component<{ organization: Organization | null; parent: string; items: Organization[]; onClose: () => void }>((props) => {
  const form = new Form({ name: props.organization?.name ?? '', parent: props.parent });
  const save = async () => {
    const name = form.values.name.trim();
    if (props.organization) {
      await api.patch(at`/organizations/${props.organization.id}`, { name, ...(form.changed('parent') ? { parent: form.values.parent } : {}) }, props.organization.version);
    } else await api.post('/organizations', { name, parent: form.values.parent });
    invalidate('/organizations');
    toast(t('saved', { name }));
  };
  return () => (
    <FormDrawer
      dialog title={props.organization ? t('organization.edit') : t('organization.new')} save={save} onClose={props.onClose} changed={form.isChanged} known={['name', 'parent']}
      saveText={props.organization ? t('save') : t('create')}
      fields={(state) => [
        <TextInput name="organization-name" label={t('name')} value={form.values.name} onInput={form.set('name')} error={state.error('name')} autofocus />,
        form.values.parent && (
          <Select
            name="organization-parent" label={t('organization.parent')} value={form.values.parent} onChange={form.set('parent')} error={state.error('parent')}
            choices={choices(props.items, props.organization?.id)}
          />
        ),
      ]}
    />
  );
});

/** Gives everything of one organization to another. */
export const MergeForm = component<{ organization: Organization; items: Organization[]; onClose: () => void; onDone: (into: string) => void }>((props) => {
  const form = new Form({ into: '' });
  const save = async () => {
    await api.post(at`/organizations/${props.organization.id}/merge`, { into: form.values.into });
    invalidate('/organizations', '/users', '/groups', '/assets', '/nodes', '/grants', '/tickets', '/sessions');
    toast(t('organization.merged', { name: props.organization.name }));
    props.onDone(form.values.into);
  };
  return () => (
    <FormDrawer
      dialog title={t('organization.merge.title', { name: props.organization.name })} note={t('organization.merge.note')} save={save} onClose={props.onClose} changed={form.isChanged}
      known={['into']} saveText={t('organization.merge')} disabled={!form.values.into}
      fields={(state) => (
        <Select
          name="organization-into" label={t('organization.into')} value={form.values.into} onChange={form.set('into')} error={state.error('into')} placeholder={t('organization.choose')}
          choices={choices(props.items, props.organization.id)}
        />
      )}
    />
  );
});
