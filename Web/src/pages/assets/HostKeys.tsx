import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import type { Asset, HostKey } from '../../api/types';
import { EmptyState, Section, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';

/** Which keys an asset may show. A session starts only with a pinned one; a change is refused, loudly, until somebody decides here. */
export const HostKeys = component<{ asset: Asset }>((props) => {
  const scanning = ref(false);
  const changes = () => [at`/assets/${props.asset.id}`, '/assets'];
  const scan = async () => {
    scanning.value = true;
    await act(() => api.post(at`/assets/${props.asset.id}/host-keys/scan`), { done: t('host-keys.scanned'), changes: changes() });
    scanning.value = false;
  };
  const pin = (key: HostKey) => confirm({
    title: t('host-keys.pin.title'), text: t('host-keys.pin.text', { asset: props.asset.name, fingerprint: key.fingerprint }), action: t('host-keys.pin'), danger: isChange(),
    work: async () => { await api.post(at`/host-keys/${key.id}/pin`); await act(async () => undefined, { done: t('host-keys.pin.done'), changes: changes() }); },
  });
  const refuse = (key: HostKey) => confirm({
    title: t('host-keys.refuse.title'), text: t('host-keys.refuse.text'), action: t('host-keys.refuse'), danger: true,
    work: async () => { await api.post(at`/host-keys/${key.id}/refuse`); await act(async () => undefined, { done: t('host-keys.refuse.done'), changes: changes() }); },
  });
  const waiting = (key: HostKey) => key.state !== 'pinned' && key.state !== 'refused';
  const isChange = () => props.asset.hostKeys.some((key) => key.state === 'pinned') && props.asset.hostKeys.some(waiting);
  const line = (key: HostKey) => (
    <li key={key.id}>
      <Icon name={key.state === 'pinned' ? 'shield-check' : 'key'} />
      <div class="grow"><b>{key.algorithm}</b><small><code>{key.fingerprint}</code></small></div>
      <StateTag state={key.state} />
      {may('assets.manage') && key.state !== 'pinned' && <Button small kind="primary" onClick={() => void pin(key)}>{t('host-keys.pin')}</Button>}
      {may('assets.manage') && key.state !== 'refused' && <Button small kind="danger" onClick={() => void refuse(key)}>{t('host-keys.refuse')}</Button>}
    </li>
  );
  return () => (
    <Section title={t('asset.host-keys')} actions={() => may('assets.manage') && <Button icon="refresh" busy={scanning.value} onClick={() => void scan()}>{t('host-keys.scan')}</Button>}>
      {isChange() && <div class="note danger" role="alert"><Icon name="alert-triangle" /><div><strong>{t('host-keys.change')}</strong><p>{t('host-keys.change.text')}</p></div></div>}
      {props.asset.hostKeys.length ? <ul class="list">{props.asset.hostKeys.map(line)}</ul> : (
        <div class="card"><EmptyState icon="key" title={t('host-keys.empty')} text={t('host-keys.empty.text')} action={may('assets.manage') ? t('host-keys.scan') : undefined} onAction={() => void scan()} /></div>
      )}
    </Section>
  );
});
