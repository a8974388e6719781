import { component, h } from '../../core/jsx';
import { api } from '../../core/client';
import { act } from '../../core/act';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { placeName } from '../../core/place';
import { useQuery } from '../../core/query';
import type { Page, WebSession } from '../../api/types';
import { RelativeTime, Section, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { Loaded } from '../../ui/Loaded';
import { browserName } from './browser';

/** Where the person is signed in; any of them can be ended. */
export const WebSessions = component(() => {
  const answer = useQuery<Page<WebSession>>(() => '/me/sessions');
  const end = (session: WebSession) => act(() => api.delete(at`/me/sessions/${session.id}`), { done: t('web-session.ended'), changes: ['/me/sessions'] });
  const line = (session: WebSession) => (
    <li key={session.id}>
      <Icon name="device-desktop" />
      <div class="grow">
        <b>{browserName(session.userAgent) || t('web-session.unknown')}</b>
        <small>{[session.clientAddress, placeName(session.place)].filter(Boolean).join(' · ')} · {t('web-session.seen')} <RelativeTime time={session.lastSeenAt} /></small>
      </div>
      {session.current ? <Tag tone="live">{t('web-session.current')}</Tag> : <Button small kind="danger" onClick={() => void end(session)}>{t('web-session.end')}</Button>}
    </li>
  );
  return () => <Section title={t('profile.sessions')}><Loaded answer={answer} show={(page: Page<WebSession>) => <ul class="list">{page.items.map(line)}</ul>} /></Section>;
});
