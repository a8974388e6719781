import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { writeQuery } from '../../core/paths';
import { useQuery } from '../../core/query';
import { route, setQuery } from '../../core/router';
import type { Notice, Page as PageOf } from '../../api/types';
import { EmptyState, RelativeTime, Tag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { Tabs, currentTab } from '../../ui/Tabs';
import { open, read, readAll } from './open';
import { typeName } from './WishFields';

/** Everything that one was told, the newest first. */
export const NoticesPage = component(() => {
  const tabs = () => [{ id: 'all', text: t('notices.all') }, { id: 'unread', text: t('notices.not-read') }];
  const query = () => ({ limit: '25', cursor: route.query.cursor, filter: currentTab(tabs()) === 'unread' ? 'isRead eq false' : undefined });
  const answer = useQuery<PageOf<Notice>>(() => `/my/notices${writeQuery(query())}`, { keepPrevious: true });
  const line = (notice: Notice) => (
    <li key={notice.id} class={['notice', { unread: !notice.isRead }]}>
      <div class="grow">
        <h2>{notice.title} {!notice.isRead && <Tag tone="live">{t('notices.new')}</Tag>} {notice.isUrgent && <Tag tone="bad">{t('notices.urgent')}</Tag>}</h2>
        <p class="notice-body">{notice.body}</p>
        <small>{typeName(notice.type)} · <RelativeTime time={notice.createdAt} /></small>
      </div>
      <div class="row wrap">
        {notice.link && <Button small onClick={() => open(notice)}>{t('notices.open')}</Button>}
        {!notice.isRead && <Button small kind="quiet" onClick={() => void read(notice)}>{t('notices.read')}</Button>}
      </div>
    </li>
  );
  const show = (page: PageOf<Notice>) => (
    <div>
      {page.items.length ? <ul class="list roomy">{page.items.map(line)}</ul> : <div class="card"><EmptyState icon="bell" title={t('notices.empty')} text={t('notices.empty.text')} /></div>}
      <div class="row end">
        {route.query.cursor && <Button small onClick={() => setQuery({ cursor: undefined })}>{t('notices.newest')}</Button>}
        {page.next && <Button small onClick={() => setQuery({ cursor: page.next ?? undefined }, false)}>{t('notices.older')}</Button>}
      </div>
    </div>
  );
  return () => (
    <Page title={t('page.notices')} narrow actions={() => [<Button icon="circle-check" onClick={() => void readAll()}>{t('notices.read-all')}</Button>, <Link class="button plain" to="/profile?tab=notices">{t('notices.ways')}</Link>]}>
      <Tabs tabs={tabs()} label={t('page.notices')} />
      <Loaded answer={answer} show={show} />
    </Page>
  );
});
