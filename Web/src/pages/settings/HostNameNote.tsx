import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import { absolute } from '../../core/time';
import type { HostNameStanding } from '../../api/types';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';

/** Whether the company's own host name leads to its portal: links are made with it only then. */
export const HostNameNote = component(() => {
  const answer = useQuery<HostNameStanding>(() => '/settings/host-name');
  const look = () => void act(() => api.post('/settings/host-name/check'), { changes: ['/settings/host-name'] });
  return () => {
    const standing = answer.data;
    if (!standing?.name) return null;
    const { name, leadsHereSince, checkedAt } = standing;
    return (
      <div class={['note', leadsHereSince ? 'good' : 'wait']} role="status" data-testid="host-name">
        <Icon name={leadsHereSince ? 'circle-check' : 'clock'} />
        <div>
          <strong>{t(leadsHereSince ? 'host-name.leads' : 'host-name.leads-not', { name })}</strong>
          <p>{t(leadsHereSince ? 'host-name.leads.text' : 'host-name.leads-not.text')} {checkedAt && t('host-name.checked', { time: absolute(checkedAt) })}</p>
        </div>
        {may('settings.manage') && <Button small onClick={look}>{t('host-name.look')}</Button>}
      </div>
    );
  };
});
