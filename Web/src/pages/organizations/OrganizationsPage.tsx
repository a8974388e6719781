import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { route, setQuery } from '../../core/router';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { List, Organization } from '../../api/types';
import { CopyId } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { Bindings } from './Bindings';
import { FillForm } from './FillForm';
import { MergeForm, OrganizationForm } from './OrganizationForms';
import { branches, organizationPath, type Branch } from './tree';

type Task = { kind: 'edit' | 'merge' | 'fill'; organization: Organization } | { kind: 'new'; parent: string };

/** The parts of the company as a tree, and who administers the chosen one. */
export const OrganizationsPage = component(() => {
  const answer = useQuery<List<Organization>>(() => '/organizations');
  const task = shallowRef<Task | null>(null);
  const choose = (organization?: string) => setQuery({ organization }, false);
  const remove = (organization: Organization) => confirm({
    title: t('organization.delete.title', { name: organization.name }), text: t('organization.delete.text'), action: t('delete'), danger: true,
    work: async () => { await api.delete(at`/organizations/${organization.id}`); choose(); invalidate('/organizations'); toast(t('organization.deleted', { name: organization.name })); },
  });
  const actions = (organization: Organization) => [
    { text: t('organization.new-below'), icon: 'plus' as const, onPick: () => { task.value = { kind: 'new', parent: organization.id }; } },
    { text: t('organization.fill'), icon: 'users' as const, onPick: () => { task.value = { kind: 'fill', organization }; } },
    { text: t('edit'), icon: 'edit' as const, onPick: () => { task.value = { kind: 'edit', organization }; } },
    { text: t('organization.merge'), icon: 'git-branch' as const, hidden: !organization.parent, onPick: () => { task.value = { kind: 'merge', organization }; } },
    { text: t('delete'), icon: 'trash' as const, danger: true, hidden: !organization.parent, onPick: () => void remove(organization) },
  ];
  const line = (current: Organization) => ({ organization, children }: Branch): unknown => (
    <li key={organization.id}>
      <div>
        <button type="button" class="node" aria-current={organization.id === current.id} onClick={() => choose(organization.id)}>
          <Icon name="building" size={16} /><span class="name" title={organization.name}>{organization.name}</span>
        </button>
        {may('organizations.manage') && <Menu label={t('organization.actions', { name: organization.name })} icon="dots" items={actions(organization)} />}
      </div>
      {children.length > 0 && <ul>{children.map(line(current)) as never}</ul>}
    </li>
  );
  const show = ({ items }: List<Organization>) => {
    const current = items.find((item) => item.id === route.query.organization) ?? items[0];
    if (!current) return null;
    const close = () => { task.value = null; };
    return (
      <div class="columns left">
        <nav class="tree card" aria-label={t('page.organizations')}><ul>{branches(items).map(line(current)) as never}</ul></nav>
        <section aria-label={current.name}>
          <h2>{organizationPath(current, items)} <CopyId id={current.id} short /></h2>
          <p class="faint">{t('organization.bindings.note')}</p>
          <Bindings key={current.id} organization={current} />
        </section>
        {task.value?.kind === 'new' && <OrganizationForm organization={null} parent={task.value.parent} items={items} onClose={close} />}
        {task.value?.kind === 'edit' && <OrganizationForm organization={task.value.organization} parent={task.value.organization.parent ?? ''} items={items} onClose={close} />}
        {task.value?.kind === 'merge' && <MergeForm organization={task.value.organization} items={items} onClose={close} onDone={choose} />}
        {task.value?.kind === 'fill' && <FillForm organization={task.value.organization} onClose={close} />}
      </div>
    );
  };
  return () => (
    <Page
      title={t('page.organizations')}
      actions={() => may('organizations.manage') && answer.data?.items[0] && (
        <Button kind="primary" icon="plus" onClick={() => { task.value = { kind: 'new', parent: String(route.query.organization ?? answer.data?.items[0]?.id) }; }}>{t('organization.new')}</Button>
      )}
    >
      <Loaded answer={answer} show={show} />
    </Page>
  );
});
