import { component, h } from '../../core/jsx';
import { t, tSaid } from '../../core/i18n';
import { at } from '../../core/paths';
import { may } from '../../core/session';
import { absolute, number } from '../../core/time';
import { useQuery } from '../../core/query';
import type { Delivery, DeliveryAttempt, DeliveryDetail } from '../../api/types';
import { CopyId, Fact, Facts, RelativeTime, StateTag } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Loaded } from '../../ui/Loaded';
import { resend } from './actions';
import { readable } from './patterns';

const outcome = (attempt: DeliveryAttempt): string => (attempt.status ? `HTTP ${attempt.status}` : tSaid(attempt.error ?? ''));

/** What was sent and what came back, attempt by attempt. The answers are somebody else's words: shown as text, never as anything else. */
export const DeliveryDrawer = component<{ delivery: Delivery; onClose: () => void }>((props) => {
  const answer = useQuery<DeliveryDetail>(() => at`/webhook-deliveries/${props.delivery.id}`);
  const attempt = (one: DeliveryAttempt) => (
    <li key={one.number}>
      <div class="grow">
        <div><strong>{t('delivery.attempt', { number: one.number })}</strong> <span class="faint">{absolute(one.at)} · <span class="whole">{t('delivery.milliseconds', { count: number(one.milliseconds) })}</span></span></div>
        <div>{outcome(one)}</div>
        {one.answer && <details><summary>{t('delivery.answer')}</summary><pre class="json">{one.answer}</pre></details>}
      </div>
    </li>
  );
  const show = ({ delivery, event, payload, hasSealedPart, attempts }: DeliveryDetail) => [
    <Facts>
      <Fact label="state"><StateTag state={delivery.state} /></Fact>
      <Fact label="created"><RelativeTime time={delivery.createdAt} /></Fact>
      <Fact label="delivery.message"><CopyId id={event} /></Fact>
      {delivery.state === 'pending' && <Fact label="delivery.next"><RelativeTime time={delivery.nextAttemptAt} /></Fact>}
    </Facts>,
    <h3>{t('delivery.payload')}</h3>,
    hasSealedPart && <p class="note">{t('delivery.sealed')}</p>,
    <pre class="json" tabindex={0} data-testid="payload">{readable(payload)}</pre>,
    <h3>{t('delivery.attempts.title')}</h3>,
    attempts.length ? <ul class="list" data-testid="attempts">{attempts.map(attempt)}</ul> : <p class="faint">{t('delivery.attempts.none')}</p>,
  ];
  return () => (
    <Dialog
      drawer wide title={props.delivery.eventType} onClose={props.onClose}
      footer={() => [
        <Button onClick={props.onClose}>{t('close')}</Button>,
        may('webhooks.manage') && answer.data && answer.data.delivery.state !== 'pending' && <Button kind="primary" icon="refresh" onClick={() => void resend(props.delivery)}>{t('delivery.retry')}</Button>,
      ]}
    >
      <Loaded answer={answer} lines={6} show={show} />
    </Dialog>
  );
});
