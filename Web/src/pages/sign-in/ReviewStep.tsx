import { onBeforeUnmount } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { Button } from '../../ui/Button';

/** Everything is proven; somebody else has to agree. The page goes on by itself. Whoever leaves it waits no longer. */
export const ReviewStep = component<{ onGiveUp: () => void; onLeave: () => void }>((props) => {
  const leave = () => props.onLeave();
  addEventListener('pagehide', leave);
  onBeforeUnmount(() => removeEventListener('pagehide', leave));
  return () => (
    <div class="review-step">
      <div role="status">
        <progress aria-label={t('review.title')} />
        <p>{t('review.text')}</p>
      </div>
      <Button onClick={() => props.onGiveUp()}>{t('review.give-up')}</Button>
    </div>
  );
});
