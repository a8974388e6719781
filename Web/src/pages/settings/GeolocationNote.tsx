import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { useQuery } from '../../core/query';
import { absolute } from '../../core/time';
import type { GeolocationStanding } from '../../api/types';
import { Icon } from '../../ui/Icon';

/** Whether cities can be compared here at all, and what to do if not. */
export const GeolocationNote = component(() => {
  const answer = useQuery<GeolocationStanding>(() => '/settings/geolocation');
  return () => {
    if (!answer.data) return null;
    const { database, builtAt } = answer.data;
    return (
      <div class={['note', database ? 'good' : 'wait']} role="status" data-testid="geolocation">
        <Icon name={database ? 'circle-check' : 'info-circle'} />
        <div>
          <strong>{database ? t('geolocation.there', { name: database }) : t('geolocation.none')}</strong>
          <p>{database ? t('geolocation.there.text', { time: builtAt ? absolute(builtAt) : '?' }) : t('geolocation.none.text')}</p>
        </div>
      </div>
    );
  };
});
