import { ref } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at, writeQuery } from '../../core/paths';
import { may } from '../../core/session';
import { useQuery } from '../../core/query';
import { duration, number } from '../../core/time';
import type { TicketReport, TicketReportLine } from '../../api/types';
import { EmptyState, Section } from '../../ui/bits';
import { Choices } from '../../ui/inputs';
import { Loaded } from '../../ui/Loaded';
import { Page } from '../../ui/Page';
import { Button } from '../../ui/Button';
import { Link } from '../../ui/Link';
import { exportReport } from './exports';
import { kindName } from './KindFacts';

const spans = ['7', '30', '90'] as const;
const day = 86_400_000;

const time = (seconds: number | null) => (seconds === null ? '–' : duration(seconds, 'narrow'));

/** How long requests wait, who answers them, and what is asked for. */
export const ReportPage = component(() => {
  const days = ref<string>('30');
  const since = () => new Date(Math.floor(Date.now() / day) * day - (Number(days.value) - 1) * day).toISOString();
  const answer = useQuery<TicketReport>(() => '/ticket-report' + writeQuery({ from: since() }), { keepPrevious: true });
  const meter = (label: string, value: string, state?: string) => <div class="card"><small class="faint">{label}</small><b>{state ? <Link to={`/tickets?state=${state}`}>{value}</Link> : value}</b></div>;
  const table = (title: string, lines: TicketReportLine[], name: (line: TicketReportLine) => unknown) => lines.length > 0 && (
    <Section title={title}>
      <div class="table-scroll">
        <table class="table compact" aria-label={title}>
          <thead><tr>{[t('name'), t('report.count'), t('report.approved'), t('report.rejected'), t('report.median'), t('report.slow')].map((text, index) => <th scope="col" class={index ? 'number' : 'main'}>{text}</th>)}</tr></thead>
          <tbody>{lines.map((line) => (
            <tr key={line.id}>
              <td class="main" data-label={t('name')}>{name(line) as never}</td>
              <td class="number" data-label={t('report.count')}>{number(line.count)}</td>
              <td class="number" data-label={t('report.approved')}>{number(line.approved)}</td>
              <td class="number" data-label={t('report.rejected')}>{number(line.rejected)}</td>
              <td class="number" data-label={t('report.median')}>{time(line.medianSeconds)}</td>
              <td class="number" data-label={t('report.slow')}>{time(line.slowSeconds)}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </Section>
  );
  const show = (report: TicketReport) => (report.opened === 0 ? <EmptyState icon="ticket" title={t('report.empty')} text={t('report.empty.text')} action={days.value === '90' ? t('page.tickets') : undefined} to="/tickets" /> : (
    <div>
      <div class="meters">
        {meter(t('report.opened'), number(report.opened))}{meter(t('report.approved'), number(report.approved), 'approved')}{meter(t('report.rejected'), number(report.rejected), 'rejected')}
        {meter(t('report.lapsed'), number(report.expired + report.withdrawn))}{meter(t('report.open'), number(report.open), 'open')}
        {meter(t('report.median'), time(report.medianSeconds))}{meter(t('report.slow'), time(report.slowSeconds))}
      </div>
      {table(t('report.by-approver'), report.approvers, (line) => (may('users.read') ? <Link to={at`/users/${line.id}`}>{line.name}</Link> : line.name))}
      {table(t('report.by-asset'), report.assets, (line) => (may('assets.read') ? <Link to={at`/assets/${line.id}`}>{line.name}</Link> : line.name))}
      {table(t('report.by-kind'), report.kinds, (line) => <Link to={`/tickets?kind=${line.id}`}>{kindName(line.id)}</Link>)}
    </div>
  ));
  return () => (
    <Page title={t('page.ticket-report')} lead={t('report.lead')} actions={() => <Button icon="download" disabled={!answer.data?.opened} onClick={() => void exportReport(since())}>{t('report.export')}</Button>}>
      <Choices name="days" label={t('report.span')} value={[days.value]} onChange={(value) => { days.value = value[0] ?? '30'; }} choices={spans.map((value) => ({ value, text: t('report.days', { count: Number(value) }) }))} />
      <Loaded answer={answer} lines={8} show={show} />
    </Page>
  );
});
