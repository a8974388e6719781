import { h, view } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { number } from '../../core/time';
import type { IdentitySyncNames, IdentitySyncReport } from '../../api/types';

const groupKinds = ['added', 'renamed', 'removed', 'returned'] as const;
const kinds = ['created', 'linked', 'changed', 'enabled', 'disabled', 'leavers', 'inactive'] as const;

/** What a run did to whom, or what it would do. */
export const SyncReport = view<{ report: IdentitySyncReport; preview: boolean }>((props) => {
  const { report } = props;
  const row = (key: string, title: string, people: IdentitySyncNames) => (
    <tr key={key}>
      <th scope="row">{title}</th>
      <td class="number">{number(people.count)}</td>
      <td>{people.names.join(', ')}{people.count > people.names.length && ` ${t('sync.more', { count: number(people.count - people.names.length) })}`}</td>
    </tr>
  );
  const count = (key: string, title: string, value: number) => <tr key={key}><th scope="row">{title}</th><td class="number">{number(value)}</td><td /></tr>;
  return (
    <div>
      {props.preview && report.needsConfirmation && <p class="note wait">{t('sync.many')}</p>}
      <div class="table-scroll" tabindex={0} role="region" aria-label={t('sync.report')}>
        <table class="table sync-report" aria-label={t('sync.report')}>
          <tbody>
            {kinds.map((kind) => row(kind, tKnown(`sync-people.${kind}`, kind), report[kind]))}
            {report.refused.map((one) => row(one.reason, tKnown(`sync-refused.${one.reason}`, one.reason), one.people))}
            {count('roles', t('sync.roles'), report.roleChanges)}
            {count('groups', t('sync.groups'), report.groupChanges)}
            {count('places', t('sync.places'), report.placeChanges)}
            {report.groups && [
              ...groupKinds.map((kind) => row(`group-${kind}`, tKnown(`sync-groups.${kind}`, kind), report.groups![kind])),
              ...report.groups.refused.map((one) => row(`group-${one.reason}`, tKnown(`sync-groups-refused.${one.reason}`, one.reason), one.people)),
              count('members-added', t('sync-groups.members-added'), report.groups.membersAdded), count('members-removed', t('sync-groups.members-removed'), report.groups.membersRemoved),
            ]}
            {count('removals', t('sync.removals'), report.removals)}
          </tbody>
        </table>
      </div>
    </div>
  );
});
