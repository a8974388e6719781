import { ref, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { invalidate } from '../../core/query';
import { navigate, route } from '../../core/router';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { AccessTrial, Grant, Group, User } from '../../api/types';
import { Section } from '../../ui/bits';
import { Button, IconButton } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Choices, Select } from '../../ui/inputs';
import { Page } from '../../ui/Page';
import { Picker, type Picked } from '../../ui/Picker';
import { ProblemNote } from '../../ui/ProblemNote';
import { GrantForm } from './GrantForm';
import { TrialShown } from './TrialShown';
import { hasChanges, memberships, nothingTried, trialBody, type TriedChanges } from './trial';

/** Who would lose or gain what by a change, by what was done in the last days. */
export const TryPage = component(() => {
  const changes = shallowRef<TriedChanges>(nothingTried());
  const adding = ref(false);
  const busy = ref(false);
  const problem = shallowRef<Problem | null>(null);
  const trial = shallowRef<AccessTrial | null>(null);
  const change = (more: Partial<TriedChanges>) => {
    changes.value = { ...changes.value, ...more };
    trial.value = null;
    problem.value = null;
  };
  const run = async () => {
    if (busy.value || !hasChanges(changes.value)) return;
    busy.value = true;
    problem.value = null;
    trial.value = null;
    try {
      trial.value = await api.post<AccessTrial>('/access/try', trialBody(changes.value));
    } catch (error) {
      problem.value = Problem.wrap(error);
    } finally {
      busy.value = false;
    }
  };
  // A grant's page leads here with the question who uses it.
  const asked = route.query.revoke;
  if (asked) {
    void act(async () => {
      const grant = await api.get<Grant>(at`/grants/${asked}`);
      change({ revoke: [{ id: grant.id, name: grant.name }] });
      await run();
    }, { changes: [] });
  }
  const apply = async () => {
    const done = await confirm({
      title: t('trial.apply.title'), text: t('trial.apply.text'), action: t('trial.apply'), danger: true, reason: { label: t('grant.revoke.reason') },
      work: async (reason) => {
        try {
          // What is done is no change any more: when something is refused half-way, the rest can be tried again.
          for (const grant of changes.value.add) {
            await api.post('/grants', grant);
            change({ add: changes.value.add.filter((one) => one !== grant) });
          }
          for (const grant of changes.value.revoke) {
            await api.post(at`/grants/${grant.id}/revoke`, { reason });
            change({ revoke: changes.value.revoke.filter((one) => one !== grant) });
          }
          for (const one of memberships(changes.value)) {
            const path = at`/groups/${one.group}/members/${one.user}`;
            await (one.isMember ? api.put(path) : api.delete(path));
          }
        } finally {
          invalidate('/grants', '/groups', '/my/assets', '/sessions', '/my/sessions');
        }
      },
    });
    if (done) { toast(t('trial.applied')); void navigate('/grants'); }
  };
  const mayApply = () => may('grants.manage') && (!memberships(changes.value).length || may('groups.manage'));
  const toUser = (user: User): Picked => ({ id: user.id, name: user.name, note: user.login });
  return () => (
    <Page title={t('page.trial')} lead={t('trial.text')}>
      <form novalidate onSubmit={(event: Event) => { event.preventDefault(); void run(); }}>
        {problem.value && <ProblemNote problem={problem.value} known={[]} />}
        <Picker name="trial-revoke" label={t('trial.revoke')} value={changes.value.revoke} onChange={(revoke) => change({ revoke })} path="/grants" help={t('trial.revoke.help')} />
        <Section title={t('trial.add')} actions={() => <Button icon="plus" onClick={() => { adding.value = true; }}>{t('grant.new')}</Button>}>
          {changes.value.add.length === 0 ? <p class="form-note">{t('trial.add.none')}</p> : (
            <ul class="list">{changes.value.add.map((grant) => (
              <li>
                <div class="grow"><b>{grant.name}</b></div>
                <IconButton icon="trash" label={t('trial.drop', { name: grant.name })} onClick={() => change({ add: changes.value.add.filter((one) => one !== grant) })} />
              </li>
            ))}</ul>
          )}
        </Section>
        <Section title={t('trial.members')}>
          <div class="fields-2">
            <Picker
              one name="trial-group" label={t('trial.group')} value={changes.value.group ? [changes.value.group] : []} onChange={(list) => change({ group: list[0] ?? null })} path="/groups"
              toChoice={(group: Group) => ({ id: group.id, name: group.name })}
            />
            <Picker name="trial-people" label={t('page.users')} value={changes.value.people} onChange={(people) => change({ people })} path="/users" searchBy={['name', 'login']} toChoice={toUser} />
          </div>
          <Choices
            name="trial-joins" label={t('trial.joins')} value={[changes.value.joins ? 'join' : 'leave']} onChange={(value) => change({ joins: value[0] === 'join' })}
            choices={[{ value: 'leave', text: t('trial.leave') }, { value: 'join', text: t('trial.join') }]}
          />
        </Section>
        <Select
          name="trial-days" label={t('trial.days')} value={String(changes.value.days)} onChange={(days) => change({ days: Number(days) })}
          choices={[1, 7, 14, 30].map((days) => ({ value: String(days), text: t('trial.days.some', { days }) }))}
        />
        <div class="row">
          <Button kind="primary" submit busy={busy.value} disabled={!hasChanges(changes.value)}>{t('trial.run')}</Button>
          {trial.value && mayApply() && <Button kind="danger" onClick={() => void apply()}>{t('trial.apply')}</Button>}
        </div>
      </form>
      {trial.value && <TrialShown trial={trial.value} />}
      {adding.value && <GrantForm onCollect={(grant) => change({ add: [...changes.value.add, grant] })} onClose={() => { adding.value = false; }} />}
    </Page>
  );
});
