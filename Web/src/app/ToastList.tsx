import { h, view } from '../core/jsx';
import { t } from '../core/i18n';
import { dismiss, toasts } from '../core/toasts';
import { Icon } from '../ui/Icon';
import { Link } from '../ui/Link';

const icons = { done: 'circle-check', failed: 'alert-triangle', note: 'info-circle' } as const;

export const ToastList = view(() => (
  <div class="toasts" role="status" aria-live="polite">
    {toasts.value.map((toast) => (
      <div class={['toast', toast.kind]} key={toast.id}>
        <Icon name={icons[toast.kind]} />
        <div>
          <strong>{toast.text}</strong>
          {toast.detail && <p>{toast.detail}</p>}
          {toast.action && <Link to={toast.action.to} onClick={() => dismiss(toast.id)}>{toast.action.text}</Link>}
          {toast.traceId && <p class="trace">{t('error.trace')} <code>{toast.traceId}</code></p>}
        </div>
        <button type="button" class="icon-button" aria-label={t('close')} onClick={() => dismiss(toast.id)}><Icon name="x" size={15} /></button>
      </div>
    ))}
  </div>
));
