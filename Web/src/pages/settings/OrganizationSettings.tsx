import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { invalidate, useQuery } from '../../core/query';
import { guardLeaving } from '../../core/router';
import { loadSession, may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { Organization, OrganizationSettingView, OrganizationSettingsView } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/Loaded';
import { ProblemNote } from '../../ui/ProblemNote';
import { SettingControl } from './SettingControl';
import { narrowed, originText, ownValue, settingText, type SettingGroup, type SettingValue } from './settings';

/** Settings of one group at an organization: where each comes from, and what would hold without its own value. */
export const OrganizationSettings = component<{ organization: Organization; group: SettingGroup }>((props) => {
  const answer = useQuery<OrganizationSettingsView>(() => at`/organizations/${props.organization.id}/settings`);
  return () => (
    <Loaded answer={answer} lines={6} show={(settings: OrganizationSettingsView) => (
      <PartForm key={`${props.organization.id} ${settings.version}`} organization={props.organization} settings={settings} group={props.group} />
    )} />
  );
});

const PartForm = component<{ organization: Organization; settings: OrganizationSettingsView; group: SettingGroup }>((props) => {
  const items = props.settings.items.filter((item) => item.group === props.group);
  // Null is what holds above.
  const form = new Form(Object.fromEntries(items.map((item) => [item.key, item.own])) as Record<string, SettingValue>);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  const release = guardLeaving({
    holds: () => form.isChanged && !busy.value,
    ask: () => confirm({ title: t('form.leave.title'), text: t('form.leave.text'), action: t('form.leave.action'), danger: true }),
  });
  onBeforeUnmount(release);
  const save = async () => {
    if (busy.value || !form.isChanged) return;
    busy.value = true;
    problem.value = null;
    try {
      const body = Object.fromEntries(items.filter((item) => form.changed(item.key)).map((item) => [item.key, ownValue(item, form.values[item.key] ?? null)]));
      await api.patch<OrganizationSettingsView>(at`/organizations/${props.organization.id}/settings`, body, props.settings.version);
      invalidate('/organizations');
      release();
      toast(t('settings.saved'));
      // The portal's language may be another one.
      await loadSession();
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const canChange = may('organization-settings.manage');
  const line = (item: OrganizationSettingView) => {
    const own = form.values[item.key] ?? null;
    return (
      <div class="setting" key={item.key}>
        <SettingControl name={item.key} schema={narrowed(item)} value={own ?? item.inherited.value} error={problem.value?.field(item.key)} changed={form.changed(item.key)} onChange={(value) => { form.values[item.key] = value; }} />
        <div class="setting-origin">
          <Tag>{originText(item, props.organization.id)}</Tag>
          {canChange && own !== null && <Button kind="quiet" small onClick={() => { form.values[item.key] = null; }}>{t('settings.inherit')}</Button>}
          <small class="faint">
            {item.own !== null && item.held.organization?.id !== props.organization.id
              ? t('settings.own-waits', { value: settingText(item.own) })
              : item.own !== null ? t('settings.above', { value: settingText(item.inherited.value) }) : item.scope !== 'organization' && t(item.scope === 'lower' ? 'settings.scope.lower' : 'settings.scope.higher')}
          </small>
        </div>
      </div>
    );
  };
  return () => items.length === 0 ? <EmptyState icon="adjustments-horizontal" title={t('settings.part.none')} text={t('settings.part.none.text')} /> : (
    <form class="settings" novalidate onSubmit={(event: Event) => { event.preventDefault(); void save(); }} onKeydown={(event: KeyboardEvent) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void save(); } }}>
      <p class="lead">{t('settings.part.lead', { name: props.organization.name })}</p>
      {problem.value && <ProblemNote problem={problem.value} known={items.map((item) => item.key)} />}
      <fieldset disabled={!canChange}>{items.map(line)}</fieldset>
      {canChange && (
        <div class="settings-foot">
          <Button kind="primary" submit busy={busy.value} disabled={!form.isChanged}>{t('save')}</Button>
          <span class="hint"><kbd>{t('form.save.keys')}</kbd></span>
        </div>
      )}
    </form>
  );
});
