import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { invalidate, useQuery } from '../../core/query';
import { toast } from '../../core/toasts';
import type { RememberedDevice } from '../../api/types';
import { RelativeTime, Section } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { browserName } from './browser';

/** Browsers in which no second factor is asked again, if there are any: somebody's own, or another person's for administrators. */
export const RememberedDevices = component<{ path: string; canForget?: boolean }>((props) => {
  const answer = useQuery<{ items: RememberedDevice[] }>(() => props.path);
  const forget = () => confirm({
    title: t('remembered.forget.title'), text: t('remembered.forget.text'), action: t('remembered.forget'), danger: true,
    work: async () => { await api.delete(props.path); invalidate(props.path); toast(t('remembered.forgotten')); },
  });
  const line = (device: RememberedDevice) => (
    <li key={device.rememberedAt}>
      <Icon name="device-desktop" />
      <div class="grow">
        <b>{browserName(device.userAgent ?? '') || device.clientAddress}</b>
        <small>{t('added-at')} <RelativeTime time={device.rememberedAt} /> {device.clientAddress}</small>
        <small>{t('last-used')} <RelativeTime time={device.lastUsedAt} none={t('never')} /></small>
        <small>{t('remembered.until')} <RelativeTime time={device.expiresAt} /></small>
      </div>
    </li>
  );
  return () => !answer.data?.items.length ? null : (
    <Section title={t('remembered')} actions={() => props.canForget !== false && <Button kind="danger" onClick={() => void forget()}>{t('remembered.forget')}</Button>}>
      <ul class="list" aria-label={t('remembered')}>{answer.data.items.map(line)}</ul>
    </Section>
  );
});
