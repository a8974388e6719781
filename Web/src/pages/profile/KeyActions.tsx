import { h, view } from '../../core/jsx';
import { act } from '../../core/act';
import { api } from '../../core/client';
import { t } from '../../core/i18n';
import { at } from '../../core/paths';
import { Button } from '../../ui/Button';

interface KeyActionsProps {
  /** The list of which it is one. */
  path: string;
  one: { id: string; name: string; enabled: boolean };
  onDelete: () => void;
}

/** Switches a key of one's own off and on, and deletes it. */
export const KeyActions = view<KeyActionsProps>(({ path, one, onDelete }) => {
  const set = () => act(() => api.post(path + at`/${one.id}/${one.enabled ? 'disable' : 'enable'}`), {
    done: t(one.enabled ? 'access-key.disabled' : 'access-key.enabled', { name: one.name }), changes: [path],
  });
  return (
    <div class="row">
      <Button small onClick={() => void set()}>{t(one.enabled ? 'access-key.disable' : 'access-key.enable')}</Button>
      <Button small kind="danger" onClick={onDelete}>{t('delete')}</Button>
    </div>
  );
});
