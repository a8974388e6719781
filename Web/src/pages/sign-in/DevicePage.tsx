import { shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { Problem } from '../../core/problem';
import { navigate, route } from '../../core/router';
import { me } from '../../core/session';
import type { DeviceLink } from '../../api/types';
import { EmptyState, Fact, Facts, RelativeTime } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { ProblemNote } from '../../ui/ProblemNote';
import { SignInFrame } from './SignInFrame';

const place = 'gatehouse.device';

/**
 * `/device#…`: where the link of a terminal leads. The token is in the fragment, so it reaches no log; it waits in this tab while the
 * person signs in, and nothing happens before they say that it is them.
 */
export const DevicePage = component(() => {
  const given = route.hash.slice(1);
  if (given) sessionStorage.setItem(place, given);
  history.replaceState(history.state, '', '/device');
  const token = sessionStorage.getItem(place) ?? '';
  const link = shallowRef<DeviceLink | null>(null);
  const problem = shallowRef<Problem | null>(null);
  const outcome = shallowRef<'confirmed' | 'refused' | null>(null);
  const busy = shallowRef(false);
  const attempt = async (work: () => Promise<void>) => {
    busy.value = true;
    problem.value = null;
    try {
      await work();
    } catch (error) {
      problem.value = Problem.wrap(error);
      if (problem.value.kind === 'not-found') link.value = null;
    } finally {
      busy.value = false;
    }
  };
  const decide = (isMe: boolean) => attempt(async () => {
    await api.post('/me/device-link/decision', { token, isMe });
    sessionStorage.removeItem(place);
    outcome.value = isMe ? 'confirmed' : 'refused';
  });
  watch(() => me.value, (person) => {
    if (!person) void navigate('/sign-in?return=%2Fdevice', { replace: true, force: true });
    else void attempt(async () => { link.value = await api.post<DeviceLink>('/me/device-link', { token: token || '-' }); });
  }, { immediate: true });
  const question = (one: DeviceLink) => [
    <p class="device-code"><code>{one.code}</code></p>,
    <Facts>
      <Fact label="login"><code>{one.login}</code></Fact>
      <Fact label="device.address"><code>{one.clientAddress}</code></Fact>
      <Fact label="created"><RelativeTime time={one.createdAt} /></Fact>
    </Facts>,
    <Button kind="primary" busy={busy.value} onClick={() => void decide(true)}>{t('device.confirm')}</Button>,
    <Button kind="danger" disabled={busy.value} onClick={() => void decide(false)}>{t('device.refuse')}</Button>,
  ];
  return () => (
    <SignInFrame title={t('device.title')} lead={outcome.value || !link.value ? undefined : t('device.lead')}>
      {outcome.value ? <p role="status">{t(outcome.value === 'confirmed' ? 'device.confirmed' : 'device.refused')}</p>
        : problem.value?.kind === 'not-found' ? <EmptyState icon="clock" title={t('device.over')} text={t('device.over.text')} />
        : [problem.value && <ProblemNote problem={problem.value} />, link.value && question(link.value)]}
    </SignInFrame>
  );
});
