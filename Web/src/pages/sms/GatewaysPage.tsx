import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t, tSaid } from '../../core/i18n';
import { at } from '../../core/paths';
import { invalidate, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { SmsGateway } from '../../api/types';
import { EmptyState, RelativeTime, StateTag } from '../../ui/bits';
import { Button, IconButton } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { GatewayForm } from './GatewayForm';
import { GatewayTest } from './GatewayTest';
import { kinds, moved, type Kind } from './gateways';

/** By what codes reach people as text messages: the first gateway that takes one, in this order. */
export const GatewaysPage = component(() => {
  const answer = useQuery<{ items: SmsGateway[] }>(() => '/sms-gateways');
  const editing = shallowRef<{ kind: Kind; gateway: SmsGateway | null } | null>(null);
  const testing = shallowRef<SmsGateway | null>(null);
  const remove = (gateway: SmsGateway) => confirm({
    title: t('sms.gateway.delete.title', { name: gateway.name }), text: t('sms.gateway.delete.text'), action: t('delete'), danger: true, typeName: gateway.name,
    work: async () => { await api.delete(at`/sms-gateways/${gateway.id}`); invalidate('/sms-gateways'); toast(t('sms.gateway.deleted', { name: gateway.name })); },
  });
  const move = (items: SmsGateway[], gateway: SmsGateway, by: -1 | 1) => void act(() => api.put('/sms-gateways/order', { items: moved(items.map((one) => one.id), gateway.id, by) }), { done: t('sms.gateway.ordered'), changes: ['/sms-gateways'] });
  const line = (items: SmsGateway[], gateway: SmsGateway, place: number) => (
    <li key={gateway.id}>
      <Icon name="send" />
      <div class="grow">
        <b>{gateway.name}</b> <StateTag state={gateway.enabled ? 'enabled' : 'disabled'} />
        <small>{t(`sms-kind.${gateway.kind}`)}</small>
        {!gateway.settings && <small class="error-text">{t('sms.gateway.broken')}</small>}
        <small>{t('sms.gateway.taken')} <RelativeTime time={gateway.lastTakenAt} none={t('never')} /></small>
        {gateway.lastRefusedAt && <small class="error-text">{t('sms.gateway.refused')} <RelativeTime time={gateway.lastRefusedAt} />: {tSaid(gateway.lastRefusal ?? '')}</small>}
      </div>
      {may('identity-providers.manage') && (
        <div class="row wrap">
          {place > 0 && <IconButton label={t('sms.gateway.up', { name: gateway.name })} icon="arrow-up" onClick={() => move(items, gateway, -1)} />}
          {place < items.length - 1 && <IconButton label={t('sms.gateway.down', { name: gateway.name })} icon="arrow-down" onClick={() => move(items, gateway, 1)} />}
          <Button small onClick={() => { testing.value = gateway; }}>{t('sms.test')}</Button>
          <Button small onClick={() => { editing.value = { kind: gateway.kind, gateway }; }}>{t('edit')}</Button>
          <Button small kind="danger" onClick={() => void remove(gateway)}>{t('delete')}</Button>
        </div>
      )}
    </li>
  );
  const add = () => may('identity-providers.manage') && (
    <Menu primary icon="plus" label={t('sms.gateway.add')} text={t('sms.gateway.add')} items={kinds.map((kind) => ({ text: t(`sms-kind.${kind}`), onPick: () => { editing.value = { kind, gateway: null }; } }))} />
  );
  return () => (
    <Page title={t('page.sms-gateways')} lead={t('sms.gateways.lead')} actions={add}>
      <p class="lead"><Link to="/settings/security">{t('sms.gateways.settings')}</Link></p>
      <Loaded answer={answer} show={(page: { items: SmsGateway[] }) => (page.items.length
        ? <ol class="list">{page.items.map((gateway, place) => line(page.items, gateway, place))}</ol>
        : <div class="card"><EmptyState icon="send" title={t('sms.gateways.empty')} text={t('sms.gateways.empty.text')}>{add()}</EmptyState></div>)} />
      {editing.value && <GatewayForm {...editing.value} onClose={() => { editing.value = null; }} />}
      {testing.value && <GatewayTest gateway={testing.value} onClose={() => { testing.value = null; }} />}
    </Page>
  );
});
