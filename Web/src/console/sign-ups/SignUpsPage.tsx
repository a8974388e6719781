import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import type { SignUp, SignUpSettings } from '../../api/types';
import { EmptyState, Fact, Facts, RelativeTime, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { SignUpSettingsForm } from './SignUpSettingsForm';
import { signUpActions } from './actions';
import { modeName } from './modes';

/** Companies that signed themselves up, those that wait for a word, and who may sign up at all. */
export const SignUpsPage = component(() => {
  const changing = ref(false);
  const mayChange = may('provider.settings');
  const settings = useQuery<SignUpSettings>(() => (mayChange ? '/settings/sign-up' : null));
  const columns: Column<SignUp>[] = [
    { id: 'company', title: 'sign-up.company', kind: 'main', cell: (one) => (one.tenant ? <Link to={at`/tenants/${one.tenant}`}>{one.company}</Link> : one.company), text: (one) => one.company },
    { id: 'slug', title: 'tenant.slug', cell: (one) => <code>{one.slug}</code>, text: (one) => one.slug },
    { id: 'person', title: 'sign-ups.person', cell: (one) => [one.person, ' ', <small class="faint">{one.email}</small>], text: (one) => `${one.person} <${one.email}>` },
    { id: 'language', title: 'language', kind: 'tight', off: true, cell: (one) => one.language, text: (one) => one.language },
    { id: 'state', title: 'state', kind: 'tight', cell: (one) => <StateTag state={one.state} />, text: (one) => one.state },
    { id: 'decided', title: 'sign-ups.decided', cell: (one) => (one.decidedBy ? [one.decidedBy, ' ', <small class="faint">{one.reason ?? ''}</small>] : ''), text: (one) => [one.decidedBy, one.reason].filter(Boolean).join(': ') },
    { id: 'created', title: 'created', kind: 'tight', sort: 'createdAt', cell: (one) => <RelativeTime time={one.createdAt} />, text: (one) => one.createdAt },
  ];
  const filters: FilterDef[] = [{ id: 'state', title: 'state', choices: ['waiting', 'unconfirmed', 'approved', 'rejected'].map((value) => ({ value, text: stateName(value) })) }];
  const rules = (now: SignUpSettings) => (
    <Facts>
      <Fact label="sign-ups.mode"><span data-testid="sign-up-mode">{modeName(now.mode)}</span></Fact>
      <Fact label="sign-ups.trial-days">{now.trialDays}</Fact>
      <Fact label="sign-ups.contact">{now.contact ?? <span class="faint">{'–'}</span>}</Fact>
    </Facts>
  );
  return () => (
    <Page title={t('page.sign-ups')} lead={t('sign-ups.lead')} actions={() => mayChange && <Button icon="adjustments-horizontal" disabled={!settings.data} onClick={() => { changing.value = true; }}>{t('sign-ups.change')}</Button>}>
      {mayChange && <Loaded answer={settings} lines={1} show={rules} />}
      <ResourceTable<SignUp>
        id="sign-ups" path="/sign-ups" label={t('page.sign-ups')} columns={columns} filters={filters} searchBy={['company']} rowActions={may('provider.tenants.manage') ? signUpActions : undefined}
        empty={() => <EmptyState icon="inbox" title={t('sign-ups.empty')} text={t('sign-ups.empty.text')} />}
      />
      {changing.value && settings.data && <SignUpSettingsForm settings={settings.data} onClose={() => { changing.value = false; }} />}
    </Page>
  );
});
