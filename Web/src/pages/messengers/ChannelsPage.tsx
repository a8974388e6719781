import { onBeforeUnmount, shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { t, tSaid } from '../../core/i18n';
import { at } from '../../core/paths';
import { Problem } from '../../core/problem';
import { invalidate, refreshShown, useQuery } from '../../core/query';
import { may } from '../../core/session';
import { toast } from '../../core/toasts';
import type { ChannelConnection, ChannelTest, MessengerChannel } from '../../api/types';
import { EmptyState, RelativeTime, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { confirm } from '../../ui/confirm';
import { Icon } from '../../ui/Icon';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Menu } from '../../ui/Menu';
import { Page } from '../../ui/Page';
import { showOnce } from '../../ui/SecretOnce';
import { ChannelForm } from './ChannelForm';
import { hasCallback, vendors, type Vendor } from './vendors';

const pollMilliseconds = 5_000;

/** Through which messengers approvers are asked. */
export const ChannelsPage = component(() => {
  const answer = useQuery<{ items: MessengerChannel[] }>(() => '/messenger-channels');
  // A connection comes and goes by itself, so that it is asked for again while somebody looks.
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && answer.data?.items.some((one) => one.connection)) refreshShown('/messenger-channels');
  }, pollMilliseconds);
  onBeforeUnmount(() => clearInterval(timer));
  const editing = shallowRef<{ vendor: Vendor; channel: MessengerChannel | null } | null>(null);
  const tried = shallowRef<{ name: string; test: ChannelTest | null; problem: Problem | null } | null>(null);
  const remove = (channel: MessengerChannel) => confirm({
    title: t('card-channel.delete.title', { name: channel.name }), text: t('card-channel.delete.text'), action: t('delete'), danger: true, typeName: channel.name,
    work: async () => { await api.delete(at`/messenger-channels/${channel.id}`); invalidate('/messenger-channels'); toast(t('card-channel.deleted', { name: channel.name })); },
  });
  const attempt = async (name: string, work: () => Promise<ChannelTest | null>) => {
    tried.value = null;
    try {
      const test = await work();
      if (test) tried.value = { name, test, problem: null };
      invalidate('/messenger-channels');
    } catch (error) {
      tried.value = { name, test: null, problem: Problem.wrap(error) };
    }
  };
  const test = (channel: MessengerChannel) => attempt(channel.name, () => api.post<ChannelTest>(at`/messenger-channels/${channel.id}/test`));
  const callback = (channel: MessengerChannel) => attempt(channel.name, async () => {
    const shown = await api.post<{ url: string }>(at`/messenger-channels/${channel.id}/callback`);
    showOnce({ title: t('card-channel.callback'), text: t('card-channel.callback.text', { vendor: t(`messenger.${channel.settings.vendor}`) }), value: shown.url });
    return null;
  });
  const outcome = () => tried.value && (
    <div class={['note', tried.value.test?.outcome === 'sent' ? 'good' : 'danger']} role="status" data-testid="channel-test">
      <Icon name={tried.value.test?.outcome === 'sent' ? 'circle-check' : 'alert-triangle'} />
      <div><strong>{tried.value.name}: {tried.value.test ? t(`card-channel.test.${tried.value.test.outcome}`) : tried.value.problem?.heading}</strong><p>{tried.value.test ? tSaid(tried.value.test.detail) : tried.value.problem?.words.join(' ')}</p></div>
    </div>
  );
  const connection = (one: ChannelConnection) => [
    <small data-testid="channel-connection">{t(`card-channel.connection.${one.state}`)} {one.since && <RelativeTime time={one.since} />}</small>,
    one.problem && <small class="error-text">{t(`card-channel.connection.problem.${one.problem}`)}{one.detail ? ` (${tSaid(one.detail)})` : ''}{one.problem === 'closed' && may('webhooks.read') && [' ', <Link to="/egress">{t('page.egress')}</Link>]}</small>,
  ];
  const line = (channel: MessengerChannel) => (
    <li key={channel.id}>
      <Icon name="message" />
      <div class="grow">
        <b>{channel.name}</b> <StateTag state={channel.state} />
        <small>{t(`messenger.${channel.settings.vendor}`)}</small>
        {channel.restingUntil && <small>{t('card-channel.resting')} <RelativeTime time={channel.restingUntil} /></small>}
        {channel.lastError && <small class="error-text">{t('card-channel.error')} {tSaid(channel.lastError)}</small>}
        {channel.connection && connection(channel.connection)}
      </div>
      {may('messenger-channels.manage') && (
        <div class="row wrap">
          {hasCallback(channel.settings) && <Button small onClick={() => void callback(channel)}>{t('card-channel.callback')}</Button>}
          <Button small onClick={() => void test(channel)}>{t('card-channel.test')}</Button>
          <Button small onClick={() => { editing.value = { vendor: channel.settings.vendor, channel }; }}>{t('edit')}</Button>
          <Button small kind="danger" onClick={() => void remove(channel)}>{t('delete')}</Button>
        </div>
      )}
    </li>
  );
  const add = () => may('messenger-channels.manage') && (
    <Menu primary icon="plus" label={t('card-channel.add')} text={t('card-channel.add')} items={vendors.map((vendor) => ({ text: t(`messenger.${vendor}`), onPick: () => { editing.value = { vendor, channel: null }; } }))} />
  );
  return () => (
    <Page title={t('page.messengers')} lead={t('card-channels.lead')} actions={add}>
      {outcome()}
      <Loaded answer={answer} show={(page: { items: MessengerChannel[] }) => (page.items.length
        ? <ul class="list">{page.items.map(line)}</ul>
        : <div class="card"><EmptyState icon="message" title={t('card-channels.empty')} text={t('card-channels.empty.text')}>{add()}</EmptyState></div>)} />
      {editing.value && <ChannelForm {...editing.value} onClose={() => { editing.value = null; }} />}
    </Page>
  );
});
