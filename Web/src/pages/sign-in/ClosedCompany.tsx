import { h, view } from '../../core/jsx';
import { t, type Key } from '../../core/i18n';
import { absolute } from '../../core/time';
import type { ClosureReason, TenantInfo } from '../../api/types';
import { Icon, type IconName } from '../../ui/Icon';

const faces: Record<ClosureReason, { icon: IconName; title: Key; text: Key }> = {
  suspended: { icon: 'player-pause', title: 'closed.suspended', text: 'closed.suspended.text' },
  'trial-ended': { icon: 'clock', title: 'closed.trial-ended', text: 'closed.trial-ended.text' },
  closing: { icon: 'lock', title: 'closed.closing', text: 'closed.closing.text' },
  deleted: { icon: 'lock', title: 'closed.deleted', text: 'closed.deleted.text' },
};

/** In place of the sign-in: what happened to the company, what becomes of its data, and whom to ask. */
export const ClosedCompany = view<{ name: string; closure: NonNullable<TenantInfo['closure']>; contact: string | null }>((props) => {
  const face = faces[props.closure.reason];
  return (
    <div class="closed-company" role="status">
      <Icon name={face.icon} size={30} />
      <h1>{t(face.title, { name: props.name })}</h1>
      <p>{t(face.text, { date: props.closure.until ? absolute(props.closure.until) : '' })}</p>
      <p class="lead">{t('closed.ask')}</p>
      {props.contact && <p>{t('closed.contact', { contact: props.contact })}</p>}
    </div>
  );
});
