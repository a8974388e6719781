import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { stateName } from '../../core/names';
import { at } from '../../core/paths';
import type { Command } from '../../api/types';
import { EmptyState, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { moment } from './SessionCommands';

/** What was typed anywhere, from the command to the moment of its recording. */
export const CommandsPage = component(() => {
  const link = (command: Command) => at`/sessions/${command.session}` + `?t=${Math.floor(moment(command))}`;
  const columns: Column<Command>[] = [
    { id: 'line', title: 'command.line', kind: 'main', cell: (command) => <Link to={link(command)}><code>{command.line}</code></Link>, text: (command) => command.line },
    { id: 'user', title: 'user', cell: (command) => <Person name={command.user} />, text: (command) => command.user },
    { id: 'target', title: 'session.target', cell: (command) => `${command.account}@${command.asset}` },
    { id: 'verdict', title: 'command.verdict', kind: 'tight', cell: (command) => <StateTag state={command.verdict} />, text: (command) => command.verdict },
    { id: 'at', title: 'command.time', kind: 'tight', sort: 'at', cell: (command) => <RelativeTime time={command.at} />, text: (command) => command.at },
  ];
  const filters: FilterDef[] = [{ id: 'verdict', title: 'command.verdict', choices: ['allow', 'warn', 'deny'].map((value) => ({ value, text: stateName(value) })) }];
  return () => (
    <Page title={t('page.commands')}>
      <ResourceTable<Command>
        id="commands" path="/commands" label={t('page.commands')} columns={columns} filters={filters} searchBy={['line', 'user', 'asset']} rowLink={link}
        empty={() => <EmptyState icon="terminal-2" title={t('commands.none')} text={t('commands.none.text')} />}
      />
    </Page>
  );
});
