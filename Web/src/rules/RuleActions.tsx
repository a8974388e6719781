import { h, view } from '../core/jsx';
import { t } from '../core/i18n';
import { IconButton } from '../ui/Button';
import { Menu } from '../ui/Menu';

interface RuleActionsProps { name: string; index: number; count: number; onMove: (to: number) => void; onEdit: () => void; onRemove: () => void }

/** Moves a rule of a list where the first that fits decides, changes it and takes it away. */
export const RuleActions = view<RuleActionsProps>(({ name, index, count, onMove, onEdit, onRemove }) => (
  <div class="row">
    <IconButton icon="arrow-up" label={t('rule.up', { name })} disabled={index === 0} onClick={() => onMove(index - 1)} />
    <IconButton icon="arrow-down" label={t('rule.down', { name })} disabled={index === count - 1} onClick={() => onMove(index + 1)} />
    <Menu label={t('rule.actions', { name })} icon="dots" quiet items={[{ text: t('edit'), icon: 'edit', onPick: onEdit }, { text: t('remove'), icon: 'trash', danger: true, onPick: onRemove }]} />
  </div>
));
