import { component, h, view } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { roleName } from '../../core/names';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { absolute } from '../../core/time';
import type { DutyPerson, DutySeparation } from '../../api/types';
import { EmptyState, Fact, Facts, Person, RelativeTime, Section, StateTag, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';

const path = '/duty-separation';

const propose = (on: boolean) => confirm({
  title: t(on ? 'duties.on.title' : 'duties.off.title'), text: t(on ? 'duties.on.text' : 'duties.off.text'), action: t('duties.propose'), danger: true,
  work: async () => { await api.post('/duty-separation/proposal', { on }); invalidate(path); },
});
const decide = (on: boolean) => confirm({
  title: t(on ? 'duties.agree.on' : 'duties.agree.off'), text: t(on ? 'duties.agree.on.text' : 'duties.agree.off.text'), action: t('duties.agree'), danger: true,
  work: async () => { await api.post('/duty-separation/decision', { on }); invalidate(path, '/roles', '/role-holders', '/users'); },
});
const withdraw = () => void act(() => api.delete('/duty-separation/proposal'), { changes: [path] });

/** Whether administrators are divided into three, what would become of whom, and the two people whom a change takes. */
export const DutiesPage = component(() => {
  const answer = useQuery<DutySeparation>(() => path);
  return () => (
    <Page
      title={t('page.duties')} lead={t('duties.lead')} narrow
      actions={() => may('duties.manage') && answer.data && !answer.data.proposal && (
        <Button kind={answer.data.isOn ? 'danger' : 'primary'} onClick={() => void propose(!answer.data!.isOn)}>{t(answer.data.isOn ? 'duties.off' : 'duties.on')}</Button>
      )}
    >
      <Loaded answer={answer} show={(seen: DutySeparation) => [
        <Facts>
          <Fact label="state"><StateTag state={seen.isOn ? 'enabled' : 'disabled'} /></Fact>
          <Fact label="duties.since"><RelativeTime time={seen.since} /></Fact>
          <Fact label="duties.missing"><span class="chips">{seen.missing.map((duty) => <Tag key={duty} tone="bad">{t(`duty.${duty}`)}</Tag>)}</span></Fact>
          {seen.rules > 0 && <Fact label="duties.rules">{String(seen.rules)}</Fact>}
        </Facts>,
        seen.proposal && <Asked seen={seen} />,
        <Section title={t('duties.people')}>
          {seen.people.length ? <ul class="list roomy" aria-label={t('duties.people')}>{seen.people.map((person) => <Line key={person.user.id} person={person} isOn={seen.isOn} />)}</ul> : <EmptyState icon="users" title={t('duties.people.empty')} />}
        </Section>,
      ]} />
    </Page>
  );
});

const Asked = view<{ seen: DutySeparation }>((props) => {
  const { proposal } = props.seen;
  if (!proposal) return null;
  return (
    <Section title={t(proposal.on ? 'duties.asked.on' : 'duties.asked.off')}>
      <p>{t('duties.asked.by', { name: proposal.by.name, time: absolute(proposal.at), until: absolute(proposal.until) })}</p>
      <p>{t(proposal.on ? 'duties.asked.one' : 'duties.asked.two')}</p>
      {may('duties.manage') && <p class="row"><Button kind="danger" onClick={() => void decide(proposal.on)}>{t('duties.agree')}</Button><Button onClick={withdraw}>{t('duties.withdraw')}</Button></p>}
    </Section>
  );
});

const Line = view<{ person: DutyPerson; isOn: boolean }>((props) => {
  const { person } = props;
  return (
    <li>
      <div class="grow">
        <Person name={person.user.name} />{' '}<code>{person.user.login}</code>
        {person.keeps.length > 0 && <div class="row"><small>{t('duties.keeps')}</small><span class="chips">{person.keeps.map((role) => <Tag key={role.id} tone="good">{roleName(role)}</Tag>)}</span></div>}
        {person.loses.length > 0 && <div class="row"><small>{t('duties.loses')}</small><span class="chips">{person.loses.map((role) => <Tag key={role.id} tone="bad">{roleName(role)}</Tag>)}</span></div>}
        {person.crosses && <p>{t('duties.crosses')}</p>}
      </div>
      <Tag>{person.duty ? t(`duty.${person.duty}`) : t('duties.none')}</Tag>
    </li>
  );
});
