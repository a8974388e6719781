import { onBeforeUnmount, ref, shallowRef } from 'vue';
import { component, h, view } from '../../core/jsx';
import { triedColor } from '../../core/brand';
import { Form } from '../../core/form';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { useQuery } from '../../core/query';
import { guardLeaving } from '../../core/router';
import { may, tenant } from '../../core/session';
import { toast } from '../../core/toasts';
import type { SettingsView } from '../../api/types';
import { Logo } from '../../app/Logo';
import { EmptyState, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { ProblemNote } from '../../ui/ProblemNote';
import { usePlace } from '../organizations/place';
import { GeolocationNote } from './GeolocationNote';
import { HostNameNote } from './HostNameNote';
import { MailTest } from './MailTest';
import { PasskeyRoots } from './PasskeyRoots';
import { OrganizationSettings } from './OrganizationSettings';
import { SettingControl } from './SettingControl';
import { saveSettings, toSend, type SettingGroup, type SettingValue } from './settings';

/** The mail server has an address of its own: where duties are separated, whoever keeps it sees no other setting. */
const pathOf = (group: SettingGroup) => (group === 'mail' ? '/settings/mail-server' : '/settings');

/** The settings of one group, as they are declared. */
const page = (group: SettingGroup) => component(() => {
  const { isWhole, tree, part } = usePlace();
  const answer = useQuery<SettingsView>(() => (isWhole() ? pathOf(group) : null));
  return () => (
    <Page title={t(`page.settings.${group}`)} lead={t(`settings.${group}.lead`)} narrow>
      {isWhole()
        ? [<Loaded answer={answer} lines={6} show={(settings: SettingsView) => <SettingsForm key={settings.version} settings={settings} group={group} />} />, group === 'security' && <PasskeyRoots />]
        : <Loaded answer={tree} lines={6} show={() => { const place = part(); return place ? <OrganizationSettings organization={place} group={group} /> : null; }} />}
    </Page>
  );
});

export const GeneralSettings = page('general');
export const BrandingSettings = page('branding');
export const SecuritySettings = page('security');
export const RecordingSettings = page('recording');
export const MailSettings = page('mail');

const SettingsForm = component<{ settings: SettingsView; group: SettingGroup }>((props) => {
  const items = props.settings.items.filter((item) => item.group === props.group);
  const form = new Form(Object.fromEntries(items.map((item) => [item.key, item.value])) as Record<string, SettingValue>);
  const problem = shallowRef<Problem | null>(null);
  const busy = ref(false);
  const release = guardLeaving({
    holds: () => form.isChanged && !busy.value,
    ask: () => confirm({ title: t('form.leave.title'), text: t('form.leave.text'), action: t('form.leave.action'), danger: true }),
  });
  onBeforeUnmount(() => { release(); triedColor.value = undefined; });
  const change = (key: string, value: SettingValue) => {
    form.values[key] = value;
    if (key === 'branding.color') triedColor.value = value as string | null;
  };
  const save = async () => {
    if (busy.value || !form.isChanged) return;
    busy.value = true;
    problem.value = null;
    try {
      const changed = items.filter((item) => form.changed(item.key));
      await saveSettings(Object.fromEntries(changed.map((item) => [item.key, toSend(item, form.values[item.key] ?? null)])), props.settings.version, pathOf(props.group));
      release();
      toast(t('settings.saved'));
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  const canChange = may(props.group === 'mail' ? 'mail-server.manage' : 'settings.manage');
  return () => items.length === 0 ? <EmptyState icon="adjustments-horizontal" title={t('settings.none')} /> : (
    <form class="settings" novalidate onSubmit={(event: Event) => { event.preventDefault(); void save(); }} onKeydown={(event: KeyboardEvent) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) { event.preventDefault(); void save(); } }}>
      {problem.value && <ProblemNote problem={problem.value} known={items.map((item) => item.key)} />}
      <fieldset disabled={!canChange}>
        {items.map((item) => (
          <div class="setting" key={item.key}>
            <SettingControl name={item.key} schema={item.schema} value={form.values[item.key] ?? null} error={problem.value?.field(item.key)} memberError={(member) => problem.value?.field(`${item.key}/${member}`)} changed={form.changed(item.key)} hasSecret={item.hasSecret} onChange={(value) => change(item.key, value)} />
            <div class="setting-origin">
              <Tag>{t(`settings.origin.${item.origin}`)}</Tag>
              {canChange && item.origin === 'tenant' && item.key !== 'general.name' && <Button kind="quiet" small onClick={() => change(item.key, item.default)}>{t('settings.reset')}</Button>}
            </div>
          </div>
        ))}
      </fieldset>
      {props.group === 'branding' && <BrandPreview values={form.values} />}
      {props.group === 'security' && <GeolocationNote />}
      {props.group === 'general' && <HostNameNote />}
      {props.group === 'mail' && canChange && items.some((item) => item.key === 'mail.server' && item.value !== null) && <MailTest isChanged={form.isChanged} />}
      {canChange && (
        <div class="settings-foot">
          <Button kind="primary" submit busy={busy.value} disabled={!form.isChanged}>{t('save')}</Button>
          <span class="hint"><kbd>{t('form.save.keys')}</kbd></span>
        </div>
      )}
    </form>
  );
});

/** The sign-in page in small, as the form has it now. */
const BrandPreview = view<{ values: Record<string, SettingValue> }>((props) => {
  const logo = props.values['branding.logo'];
  const text = props.values['sign-in.text'];
  return (
    <section class="card brand-preview" aria-label={t('settings.preview')}>
      <h2>{t('settings.preview')}</h2>
      <div class="sign-in-card">
        <header>{logo ? <img class="logo-image" src={`data:image/png;base64,${String(logo)}`} alt="" /> : <Logo size={34} plain />}<span class="tenant">{tenant.value?.name}</span></header>
        {text && <p class="sign-in-text">{String(text)}</p>}
        <span class="button primary">{t('sign-in.next')}</span>
      </div>
    </section>
  );
});
