import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { IdentityProvider, Page, RadiusAssignment, User } from '../../api/types';
import { Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { Select } from '../../ui/inputs';

/** At which RADIUS servers somebody confirms, where the company has some for that. */
export const RadiusFactor = component<{ user: User }>((props) => {
  const path = () => at`/users/${props.user.id}/radius-factor`;
  const answer = useQuery<RadiusAssignment>(path);
  const providers = useQuery<Page<IdentityProvider>>(() => '/identity-providers?limit=100');
  const chosen = ref('');
  const servers = () => (providers.data?.items ?? []).filter((one: IdentityProvider) => one.settings.kind === 'radius' && one.settings.use === 'second-factor');
  const assign = () => act(() => api.put(path(), { provider: chosen.value || servers()[0]?.id }), { done: t('radius.assigned', { name: props.user.name }), changes: ['/users'] });
  const remove = () => confirm({
    title: t('radius.remove.title', { name: props.user.name }), text: t('radius.remove.text'), action: t('remove'), danger: true,
    work: async () => { await api.delete(path()); invalidate('/users'); toast(t('radius.removed', { name: props.user.name })); },
  });
  const line = (assignment: RadiusAssignment) => {
    if (!assignment.provider && !servers().length) return null;
    return (
      <Section title={t('radius.factor')}>
        <ul class="list">
          <li>
            <Icon name="shield-check" />
            <div class="grow"><b>{assignment.name ?? t('radius.none')}</b><small>{t('radius.factor.help')}</small></div>
            {may('users.manage') && (assignment.provider
              ? <Button small kind="danger" onClick={() => void remove()}>{t('remove')}</Button>
              : [
                <Select name="radius-provider" label={t('radius.servers')} value={chosen.value || (servers()[0]?.id ?? '')} choices={servers().map((one: IdentityProvider) => ({ value: one.id, text: one.name }))} onChange={(value) => { chosen.value = value; }} />,
                <Button small onClick={() => void assign()}>{t('radius.assign')}</Button>,
              ])}
          </li>
        </ul>
      </Section>
    );
  };
  return () => <Loaded answer={answer} lines={1} show={line} />;
});
