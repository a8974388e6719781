import { component, h } from '../../core/jsx';
import { t, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { AccessTrial, Named, TrialRow, TrialWidening } from '../../api/types';
import { EmptyState, Fact, Facts, RelativeTime, Section, Tag } from '../../ui/bits';
import { Link } from '../../ui/Link';

const user = (one: Named) => (may('users.read') ? <Link to={at`/users/${one.id}`}>{one.name}</Link> : one.name);
const asset = (one: Named) => (may('assets.read') ? <Link to={at`/assets/${one.id}`}>{one.name}</Link> : one.name);

/** What holds at this moment, beside what would have been. */
const nowText = (row: TrialRow): Key => (row.isOpenNow ? (row.staysOpenNow ? 'trial.now.stays' : 'trial.now.lost') : (row.staysOpenNow ? 'trial.now.gained' : 'trial.now.closed'));

const rows = (list: TrialRow[], more: number, title: string, counted: Key) => (
  <div>
    <div class="table-scroll" tabindex="0" role="region" aria-label={title}>
      <table class="table" aria-label={title}>
        <thead><tr><th>{t('user')}</th><th>{t('asset')}</th><th>{t('account')}</th><th>{t(counted)}</th><th>{t('trial.last')}</th><th>{t('trial.now')}</th><th>{t('trial.why')}</th></tr></thead>
        <tbody>{list.map((row) => (
          <tr>
            <td>{user(row.user)}</td><td>{asset(row.asset)}</td><td>{row.account ?? t('trial.any-account')}</td>
            <td>{t('trial.of', { changed: row.changed, count: row.count })}</td><td><RelativeTime time={row.lastAt} /></td>
            <td>{t(nowText(row))}</td><td>{row.reasons[0]?.text ?? ''}</td>
          </tr>
        ))}</tbody>
      </table>
    </div>
    {more > 0 && <p class="form-note">{t('trial.more', { count: more })}</p>}
  </div>
);

const widening = (one: TrialWidening) => (
  <li>
    <strong>{one.name}</strong>{' '}
    {one.opened ? <Tag tone="wait">{t(one.isComplete ? 'trial.opens' : 'trial.opens.least', { count: one.opened })}</Tag> : <Tag>{t('trial.opens.none')}</Tag>}
    <p class="form-note">{t('trial.spread', { people: one.people, assets: one.assets })}</p>
    {one.examples.length > 0 && <ul class="plain">{one.examples.map((example) => <li>{user(example.user)} → {asset(example.asset)}: {example.accounts.join(', ')}</li>)}</ul>}
  </li>
);

/** The answer to a change that was tried: totals first, then who loses, who gains, and what is newly open. */
export const TrialShown = component<{ trial: AccessTrial }>((props) => () => {
  const { trial } = props;
  return (
    <div role="status">
      <Facts>
        <Fact label="trial.sessions">{t('trial.of', { changed: trial.sessions.changed, count: trial.sessions.judged })}</Fact>
        <Fact label="trial.losing-people">{trial.losingPeople}</Fact>
        <Fact label="trial.attempts">{t('trial.of', { changed: trial.attempts.changed, count: trial.attempts.judged })}</Fact>
        <Fact label="trial.gaining-people">{trial.gainingPeople}</Fact>
      </Facts>
      {!trial.isComplete && <p class="form-note">{t('trial.incomplete')} <RelativeTime time={trial.from} /></p>}
      <Section title={t('trial.loses')}>
        {trial.loses.length ? rows(trial.loses, trial.moreLoses, t('trial.loses'), 'trial.sessions.short') : <EmptyState icon="circle-check" title={t('trial.loses.none')} />}
      </Section>
      <Section title={t('trial.gains')}>
        {trial.gains.length ? rows(trial.gains, trial.moreGains, t('trial.gains'), 'trial.attempts.short') : <EmptyState icon="circle-check" title={t('trial.gains.none')} />}
      </Section>
      {trial.widens.length > 0 && <Section title={t('trial.widens')}><ul class="plain">{trial.widens.map(widening)}</ul></Section>}
    </div>
  );
});
