import { shallowRef, watch } from 'vue';
import { component, h } from '../../core/jsx';
import { t } from '../../core/i18n';
import { may } from '../../core/session';
import { Problem } from '../../core/problem';
import type { Named } from '../../api/types';
import { Button } from '../../ui/Button';
import { unaskable } from './basket';

/** Says of what was put aside which cannot be asked for, and why, before it is sent. */
export const BasketNote = component<{ assets: Named[]; drop: (ids: Set<string>) => void; empty?: () => void }>((props) => {
  const gone = shallowRef<Set<string>>(new Set());
  const problem = shallowRef<Problem | null>(null);
  let asked = 0;
  watch(() => props.assets.map((one) => one.id).join(), async () => {
    const number = ++asked;
    if (!props.assets.length || !may('assets.requestable')) { gone.value = new Set(); return; }
    try {
      const found = await unaskable(props.assets);
      if (number === asked) { gone.value = found; problem.value = null; }
    } catch (error) {
      if (number === asked) problem.value = Problem.wrap(error);
    }
  }, { immediate: true });
  return () => {
    const names = props.assets.filter((one) => gone.value.has(one.id));
    return (
      <div class="basket-note" aria-live="polite">
        {names.length > 0 && (
          <div class="note wait">
            <div class="grow"><b>{t('basket.unaskable', { count: names.length, names: names.map((one) => one.name).join(', ') })}</b><p>{t('basket.unaskable.text')}</p></div>
            <Button small onClick={() => props.drop(gone.value)}>{t('basket.drop')}</Button>
          </div>
        )}
        {props.empty && props.assets.length > 0 && <p class="row"><span class="faint grow">{t('basket.lead', { count: props.assets.length })}</span><Button small kind="quiet" icon="trash" onClick={props.empty}>{t('basket.empty')}</Button></p>}
      </div>
    );
  };
});
