import { h, view } from '../core/jsx';
import { t } from '../core/i18n';
import { may } from '../core/session';
import { basket } from '../pages/tickets/basket';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';

/** What was put aside to be asked for; there while there is something. */
export const BasketButton = view(() => {
  const count = basket().length;
  if (!count || !may('tickets.open')) return null;
  return (
    <Link to="/requests?new=1&basket=1" class="bell" label={t('basket.button', { count })}>
      <Icon name="ticket" /><span class="count" aria-hidden="true">{count}</span>
    </Link>
  );
});
