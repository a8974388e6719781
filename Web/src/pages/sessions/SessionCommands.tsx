import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { route } from '../../core/router';
import { useQuery } from '../../core/query';
import { may } from '../../core/session';
import { clock } from '../../core/time';
import type { Command, Page, Session } from '../../api/types';
import { EmptyState, RelativeTime, StateTag, Tag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { Loaded } from '../../ui/Loaded';

export const moment = (command: Command): number => command.offsetUs / 1e6;

/** The command lines of a session, each with a way to its moment in the replay. */
export const SessionCommands = component<{ session: Session }>((props) => {
  const answer = useQuery<Page<Command>>(() => at`/sessions/${props.session.id}/commands` + '?limit=100');
  const row = (command: Command) => (
    <tr key={command.id}>
      <td class="tight" data-label={t('command.at')}>{may('sessions.replay') ? <Link to={`${route.path}?t=${Math.floor(moment(command))}`}>{clock(moment(command))}</Link> : clock(moment(command))}</td>
      <td class="main" data-label={t('command.line')}><code>{command.line}</code>{command.confidence !== 'high' && [' ', <Tag tone="wait">{t('command.unsure')}</Tag>]}</td>
      <td class="tight" data-label={t('command.verdict')}><StateTag state={command.verdict} /></td>
      <td class="tight" data-label={t('command.time')}><RelativeTime time={command.at} /></td>
    </tr>
  );
  return () => (
    <Loaded answer={answer} show={(page: Page<Command>) => page.items.length === 0 ? <EmptyState icon="terminal-2" title={t('commands.empty')} text={t('commands.empty.text')} /> : (
      <div class="table-scroll">
        <table class="table compact" aria-label={t('page.commands')}>
          <thead><tr><th scope="col">{t('command.at')}</th><th scope="col">{t('command.line')}</th><th scope="col">{t('command.verdict')}</th><th scope="col">{t('command.time')}</th></tr></thead>
          <tbody>{page.items.map(row)}</tbody>
        </table>
      </div>
    )} />
  );
});
