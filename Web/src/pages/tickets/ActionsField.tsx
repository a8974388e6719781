import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import { actionName } from '../../core/names';
import { Choices } from '../../ui/inputs';

/** What people may do on an asset, in the order of the API. */
export const allActions = ['connect', 'upload', 'download', 'delete', 'copy', 'paste', 'share', 'forward'];

/** Nothing else can be done without it. */
export const firstAction = 'connect';

/** Of these what there is, in their order, with connecting: whoever asks for anything asks for it. */
export const withFirst = (actions: string[]): string[] => allActions.filter((one) => one === firstAction || actions.includes(one));

/** What somebody wants to do there, or may. Connecting is always among it, unless it is `free`: alone it is the least. */
export const ActionsField = view<{ name?: string; value: string[]; onChange: (actions: string[]) => void; among?: string[]; error?: string; help?: string; free?: boolean }>((props) => (
  <Choices
    many fixed={props.free ? undefined : firstAction} name={props.name ?? 'actions'} label={t('ticket.actions')} value={props.value} onChange={props.onChange} error={props.error} help={props.help}
    choices={(props.among ?? allActions).map((value) => ({ value, text: actionName(value) }))}
  />
));
