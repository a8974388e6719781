import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tKnown, tSaid } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { number } from '../../core/time';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import { beginTrial, lastTrial } from './trial';
import { conditionText, effectText } from './rules';
import type { IdentityProvider, List, Named, Organization, Page, ProviderProfile, ProviderRule, ProviderStep, ProviderTest, Role } from '../../api/types';
import { Fact, Facts, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { TextInput } from '../../ui/inputs';
import { ProblemNote } from '../../ui/ProblemNote';

/** Tries a sign-in through the provider and shows what became of each step. The password is sent once and kept nowhere. */
export const TestConsole = component<{ provider: IdentityProvider }>((props) => {
  const login = ref('');
  const password = ref('');
  const busy = ref(false);
  const result = shallowRef<ProviderTest | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const takesBrowsers = ['oidc', 'saml', 'cas', 'oauth2', 'messenger'].includes(props.provider.settings.kind);
  // Back from a trial with this browser.
  if (lastTrial.value?.provider === props.provider.id) {
    result.value = lastTrial.value.test;
    problem.value = lastTrial.value.problem;
    lastTrial.value = null;
  }
  const attempt = async (work: () => Promise<void>) => {
    if (busy.value) return;
    busy.value = true;
    problem.value = null;
    result.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
      password.value = '';
    }
  };
  const run = () => attempt(async () => {
    if (!takesBrowsers && !login.value.trim()) return;
    const sent = takesBrowsers ? {} : { login: login.value.trim(), ...(password.value ? { password: password.value } : {}) };
    result.value = await api.post<ProviderTest>(at`/identity-providers/${props.provider.id}/test`, sent);
  });
  // Why nobody comes in here is a word of ours; everything else is a sentence, or a name.
  const said = (one: ProviderStep) => (one.name === 'account' && one.outcome === 'failed' ? tKnown(`provider-refusal.${one.detail}`, one.detail) : tSaid(one.detail));
  const step = (one: ProviderStep, index: number) => (
    <tr key={index}>
      <th scope="row">{tKnown(`provider-step.${one.name}`, one.name)}</th>
      <td><StateTag state={one.outcome} /></td>
      <td><code>{said(one)}</code></td>
      <td class="number">{one.milliseconds > 0 && t('provider.test.ms', { count: number(one.milliseconds) })}</td>
    </tr>
  );
  const profile = (one: ProviderProfile) => (
    <Facts>
      <Fact label="login"><code>{one.login}</code></Fact>
      <Fact label="name">{one.name}</Fact>
      <Fact label="user.email">{one.email}</Fact>
      <Fact label="provider.attribute.subject"><code>{one.subject}</code></Fact>
      {one.place && <Fact label="provider.condition.place"><code>{one.place}</code></Fact>}
      {(one.attributes ?? []).map((attribute) => <Fact key={attribute.name} label="provider.condition.attribute"><code>{attribute.name}: {attribute.values.slice(0, 20).join(', ')}</code></Fact>)}
      <Fact label="provider.groups"><span class="chips">{one.groups.map((group) => <Tag key={group}>{group}</Tag>)}</span></Fact>
    </Facts>
  );
  const roles = useQuery<Page<Role>>(() => (result.value?.rules?.some((one) => one.role) && may('roles.read') ? '/roles' : null));
  const places = useQuery<List<Organization>>(() => (result.value?.rules?.some((one) => one.organization) && may('organizations.read') ? '/organizations' : null));
  const groups = useQuery<Page<Named>>(() => (result.value?.rules?.some((one) => one.group) && may('groups.read') ? '/groups?limit=200' : null));
  const rule = (one: ProviderRule, index: number) => (
    <li key={index}><div class="grow"><b>{effectText(one, roles.data?.items ?? [], places.data?.items ?? [], groups.data?.items ?? [])}</b><small>{conditionText(one)}</small></div></li>
  );
  const matched = (rules: ProviderRule[]) => (
    <Section title={t('provider.test.rules')}>
      {rules.length > 0 ? <ul class="list">{rules.map(rule)}</ul> : <p>{t('provider.test.rules.none')}</p>}
    </Section>
  );
  const outcome = (test: ProviderTest) => (
    <div>
      <p class="test-outcome" role="status">{tKnown(`provider-outcome.${test.outcome}`, test.outcome)}</p>
      <div class="table-scroll"><table class="table test-steps" aria-label={t('provider.test')}><tbody>{test.steps.map(step)}</tbody></table></div>
      {test.profile && profile(test.profile)}
      {test.profile && test.outcome !== 'refused' && matched(test.rules ?? [])}
    </div>
  );
  const browser = () => (
    <div>
      <p>{t('provider.trial.help')}</p>
      <Button busy={busy.value} onClick={() => void run()}>{t('provider.test.run')}</Button>{' '}
      <Button kind="primary" disabled={busy.value} onClick={() => void attempt(() => beginTrial(props.provider.id))}>{t('provider.trial')}</Button>
    </div>
  );
  return () => (
    <Section title={t('provider.test')}>
      {takesBrowsers ? browser() : <form onSubmit={(event: Event) => { event.preventDefault(); void run(); }}>
        <div class="fields-2">
          <TextInput name="test-login" label={t('login')} value={login.value} onInput={(value) => { login.value = value; }} monospace />
          <TextInput name="test-password" label={t('password')} type="password" optional autocomplete="new-password" value={password.value} onInput={(value) => { password.value = value; }} help={t('provider.test.help')} />
        </div>
        <Button kind="primary" submit busy={busy.value} disabled={!login.value.trim()}>{t('provider.test.run')}</Button>
      </form>}
      {problem.value && <ProblemNote problem={problem.value} />}
      {result.value && outcome(result.value)}
    </Section>
  );
});
