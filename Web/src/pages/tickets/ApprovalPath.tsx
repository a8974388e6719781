import { h, view } from '../../core/jsx';
import { t } from '../../core/i18n';
import type { Ticket } from '../../api/types';
import { Icon } from '../../ui/Icon';

/** Who will decide, level by level. */
export const PathPreview = view<{ levels: { name: string; approvers: string[] }[] }>((props) => (
  <div class="path">
    {props.levels.map((level, index) => [
      index > 0 && <Icon name="chevron-right" size={16} />,
      <div class="level" key={index}>{level.name}<small>{t('path.any-of', { names: level.approvers.join(', ') })}</small></div>,
    ])}
  </div>
));

/** How far a request has come. */
export const ApprovalPath = view<{ ticket: Ticket }>((props) => {
  const { ticket } = props;
  const names = ticket.levelNames.length ? ticket.levelNames : Array.from({ length: ticket.levels }, (_, index) => t('path.level', { level: index + 1 }));
  return (
    <div class="path">
      {names.map((name, index) => {
        const decision = ticket.decisions.find((one) => one.level === index + 1);
        const now = ticket.state === 'open' && ticket.level === index + 1;
        const kind = decision ? (decision.outcome === 'approved' ? 'done' : 'bad') : now ? 'now' : '';
        return [
          index > 0 && <Icon name="chevron-right" size={16} />,
          <div class={['level', kind]} key={index}>
            {name}
            <small>{decision ? t(decision.outcome === 'approved' ? 'path.approved-by' : 'path.rejected-by', { name: decision.user.name }) : now ? t('path.waits-for', { names: ticket.waitingFor.map((one) => one.name).join(', ') || '–' }) : t('path.later')}</small>
          </div>,
        ];
      })}
    </div>
  );
});
