import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { FaceAssignment, User } from '../../api/types';
import { RelativeTime, Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';

/** Somebody's face, which is theirs to enrol and also an administrator's to take away. */
export const FaceFactor = component<{ user: User }>((props) => {
  const path = () => at`/users/${props.user.id}/face-factor`;
  const answer = useQuery<FaceAssignment>(path);
  const remove = () => confirm({
    title: t('face.remove.title', { name: props.user.name }), text: t('face.remove.text'), action: t('remove'), danger: true,
    work: async () => { await api.delete(path()); invalidate('/users'); toast(t('face.removed', { name: props.user.name })); },
  });
  const line = (face: FaceAssignment) => face.enrolledAt && (
    <Section title={t('factor.face')}>
      <ul class="list">
        <li>
          <Icon name="user" />
          <div class="grow"><b>{t('face.enrolled')}</b><small><RelativeTime time={face.enrolledAt} /></small></div>
          {may('users.manage') && <Button small kind="danger" onClick={() => void remove()}>{t('remove')}</Button>}
        </li>
      </ul>
    </Section>
  );
  return () => <Loaded answer={answer} lines={1} show={line} />;
});
