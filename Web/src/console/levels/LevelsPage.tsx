import { computed } from 'vue';
import { component, h } from '../../core/jsx';
import { languageTag, t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { useQuery } from '../../core/query';
import { route, setQuery } from '../../core/router';
import { number } from '../../core/time';
import type { List, ServiceLevel } from '../../api/types';
import { EmptyState, Tag } from '../../ui/bits';
import { Choices } from '../../ui/inputs';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';

const spans = [{ value: 'day', hours: 24 }, { value: 'week', hours: 168 }, { value: 'month', hours: 720 }] as const;

const percent = (share: number): string => new Intl.NumberFormat(languageTag(), { style: 'percent', maximumFractionDigits: 2 }).format(share);
const milliseconds = (micros: number): string =>
  new Intl.NumberFormat(languageTag(), { style: 'unit', unit: 'millisecond', unitDisplay: 'short', maximumFractionDigits: micros < 10_000 ? 1 : 0 }).format(micros / 1000);

/** How well each tenant is served. */
export const LevelsPage = component(() => {
  const span = () => spans.find((one) => one.value === route.query.span) ?? spans[0];
  // Whole hours: the address of the answer stays the same for an hour.
  const path = computed(() => {
    const end = Math.ceil(Date.now() / 3_600_000) * 3_600_000;
    const moment = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
    return '/service-levels' + writeQuery({ from: moment(end - span().hours * 3_600_000), to: moment(end) });
  });
  const answer = useQuery<List<ServiceLevel>>(() => path.value, { keepPrevious: true });
  const row = (item: ServiceLevel) => (
    <tr key={item.tenant}>
      <td class="main" data-label={t('page.tenants')}><Link to={at`/tenants/${item.tenant}`}>{item.name}</Link></td>
      <td class="number" data-label={t('levels.requests')}>{number(item.requests)}</td>
      <td class="number" data-label={t('levels.failures')}>{item.failures > 0 ? <Tag tone="bad">{percent(item.failures / item.requests)}</Tag> : percent(0)}</td>
      <td class="number" data-label={t('levels.p50')}>{milliseconds(item.p50Microseconds)}</td>
      <td class="number" data-label={t('levels.p95')}>{milliseconds(item.p95Microseconds)}</td>
      <td class="number" data-label={t('levels.p99')}>{milliseconds(item.p99Microseconds)}</td>
    </tr>
  );
  const table = (list: List<ServiceLevel>) => (list.items.length === 0 ? <EmptyState icon="clock" title={t('levels.empty')} text={t('levels.empty.text')} /> : (
    <div class="table-scroll">
      <table class="table compact" aria-label={t('page.levels')}>
        <thead><tr>
          <th scope="col" class="main">{t('page.tenants')}</th><th scope="col" class="number">{t('levels.requests')}</th><th scope="col" class="number">{t('levels.failures')}</th>
          <th scope="col" class="number">{t('levels.p50')}</th><th scope="col" class="number">{t('levels.p95')}</th><th scope="col" class="number">{t('levels.p99')}</th>
        </tr></thead>
        <tbody>{list.items.map(row)}</tbody>
      </table>
    </div>
  ));
  return () => (
    <Page title={t('page.levels')} lead={t('levels.lead')}>
      <Choices name="span" label={t('levels.span')} value={[span().value]} onChange={(value) => setQuery({ span: value[0] === 'day' ? undefined : value[0] })} choices={[{ value: 'day', text: t('levels.day') }, { value: 'week', text: t('levels.week') }, { value: 'month', text: t('levels.month') }]} />
      <Loaded answer={answer} show={table} />
    </Page>
  );
});
