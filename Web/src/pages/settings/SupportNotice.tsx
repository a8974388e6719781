import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { writeQuery } from '../../core/paths';
import { useQuery } from '../../core/query';
import { may, me, sessionEnded } from '../../core/session';
import { absolute } from '../../core/time';
import type { Page, SupportAccess } from '../../api/types';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { revoke } from './support';

async function leaveSupport(): Promise<void> {
  await api.post('/auth/support/leave', undefined, true);
  sessionEnded();
}

/** Above every page while somebody of the hosting provider may be inside: for the company's people, and for the guest. */
export const SupportNotice = component(() => {
  const open = useQuery<Page<SupportAccess>>(() => (may('support.manage') ? '/support-accesses' + writeQuery({ limit: 20, filter: 'state eq "consented"' }) : null));
  return () => {
    const until = me.value?.supportUntil;
    if (until) {
      return (
        <div class="note wait support" role="status">
          <Icon name="shield-lock" />
          <div><strong>{t('support.guest')}</strong><p>{t('support.guest.text', { time: absolute(until) })}</p></div>
          <Button small onClick={() => void leaveSupport()}>{t('support.leave')}</Button>
        </div>
      );
    }
    return (
      <div>
        {(open.data?.items ?? []).filter((access) => access.isOpen).map((access) => (
          <div class="note wait support" role="status" key={access.id}>
            <Icon name="shield-lock" />
            <div>
              <strong>{t(access.isInside ? 'support.notice.inside' : 'support.notice', { name: access.operator, time: absolute(access.endsAt) })}</strong>
              <p><Link to="/support-access">{t('page.support')}</Link></p>
            </div>
            <Button small kind="danger" onClick={() => void revoke(access)}>{t('support.revoke')}</Button>
          </div>
        ))}
      </div>
    );
  };
});
