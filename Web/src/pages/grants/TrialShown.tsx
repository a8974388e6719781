import { component, h } from '../../core/jsx';
import { t, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { absolute, number } from '../../core/time';
import type { AccessTrial, Named, TrialRow, TrialWidening } from '../../api/types';
import { EmptyState, Fact, Facts, RelativeTime, Section, Tag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { reasonText } from './reasons';

const user = (one: Named) => (may('users.read') ? <Link to={at`/users/${one.id}`}>{one.name}</Link> : one.name);
const asset = (one: Named) => (may('assets.read') ? <Link to={at`/assets/${one.id}`}>{one.name}</Link> : one.name);

const share = (changed: number, count: number) => t('trial.of', { changed: number(changed), count: number(count) });

/** What holds at this moment, beside what would have been. */
const nowText = (row: TrialRow): Key => (row.isOpenNow ? (row.staysOpenNow ? 'trial.now.stays' : 'trial.now.lost') : (row.staysOpenNow ? 'trial.now.gained' : 'trial.now.closed'));

const rows = (list: TrialRow[], more: number, title: string, counted: Key) => (
  <div>
    <div class="table-scroll" tabindex="0" role="region" aria-label={title}>
      <table class="table compact" aria-label={title}>
        <thead><tr><th>{t('user')}</th><th>{t('asset')}</th><th>{t('account')}</th><th>{t(counted)}</th><th>{t('trial.last')}</th><th>{t('trial.now')}</th><th>{t('trial.why')}</th></tr></thead>
        <tbody>{list.map((row) => (
          <tr>
            <td class="main" data-label={t('user')}>{user(row.user)}</td>
            <td data-label={t('asset')}>{asset(row.asset)}</td>
            <td data-label={t('account')}>{row.account ?? t('trial.any-account')}</td>
            <td class="tight" data-label={t(counted)}>{share(row.changed, row.count)}</td>
            <td class="tight" data-label={t('trial.last')}><RelativeTime time={row.lastAt} /></td>
            <td data-label={t('trial.now')}>{t(nowText(row))}</td>
            <td data-label={t('trial.why')}>{row.reasons[0] && reasonText(row.reasons[0])}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
    {more > 0 && <p class="form-note">{t('trial.more', { count: number(more) })}</p>}
  </div>
);

const widening = (one: TrialWidening) => (
  <li>
    <div class="grow">
      <b>{one.name}</b> {one.opened ? <Tag tone="wait">{t(one.isComplete ? 'trial.opens' : 'trial.opens.least', { count: number(one.opened) })}</Tag> : <Tag>{t('trial.opens.none')}</Tag>}
      <small>{t('trial.spread', { people: number(one.people), assets: number(one.assets) })}</small>
      {one.examples.map((example) => <div>{user(example.user)} → {asset(example.asset)}: {example.accounts.join(', ')}</div>)}
    </div>
  </li>
);

/** The answer to a change that was tried: totals first, then who loses, who gains, and what is newly open. */
export const TrialShown = component<{ trial: AccessTrial }>((props) => () => {
  const { trial } = props;
  return (
    <div role="status" class="trial">
      <Facts>
        <Fact label="trial.sessions">{share(trial.sessions.changed, trial.sessions.judged)}</Fact>
        <Fact label="trial.losing-people">{number(trial.losingPeople)}</Fact>
        <Fact label="trial.attempts">{share(trial.attempts.changed, trial.attempts.judged)}</Fact>
        <Fact label="trial.gaining-people">{number(trial.gainingPeople)}</Fact>
      </Facts>
      {!trial.isComplete && <p class="form-note">{t('trial.incomplete', { time: absolute(trial.from) })}</p>}
      {trial.leftOut > 0 && <p class="form-note">{t('trial.left-out', { count: number(trial.leftOut) })}</p>}
      <Section title={t('trial.loses')}>
        {trial.loses.length ? rows(trial.loses, trial.moreLoses, t('trial.loses'), 'trial.sessions.short') : <EmptyState icon="circle-check" title={t('trial.loses.none')} />}
      </Section>
      <Section title={t('trial.gains')}>
        {trial.gains.length ? rows(trial.gains, trial.moreGains, t('trial.gains'), 'trial.attempts.short') : <EmptyState icon="circle-check" title={t('trial.gains.none')} />}
      </Section>
      {trial.widens.length > 0 && <Section title={t('trial.widens')}><ul class="list">{trial.widens.map(widening)}</ul></Section>}
    </div>
  );
});
