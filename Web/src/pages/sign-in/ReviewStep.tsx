import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';

/** Everything is proven; somebody else has to agree. The page goes on by itself. */
export const ReviewStep = component(() => () => (
  <div class="review-step" role="status">
    <progress aria-label={t('review.title')} />
    <p>{t('review.text')}</p>
  </div>
));
