import { onBeforeUnmount } from 'vue';
import { component, h, view } from '../../core/jsx';
import { t, type Key } from '../../core/i18n';
import { at } from '../../core/paths';
import { refreshShown, useQuery } from '../../core/query';
import { absolute, bytes, number } from '../../core/time';
import type { Erasure, ErasureKey, ErasureProof, Tenant } from '../../api/types';
import { CopyId, CopyLine, EmptyState, ErrorState, Fact, Facts, Section, Skeleton } from '../../ui/bits';
import { Button } from '../../ui/Button';
import { save } from '../../table/export';

const pollMilliseconds = 3_000;
const steps: [Key, 'startedAt' | 'objectsRemovedAt' | 'keysDestroyedAt' | 'rowsRemovedAt' | 'finishedAt'][] = [
  ['erasure.started', 'startedAt'], ['erasure.objects', 'objectsRemovedAt'], ['erasure.keys', 'keysDestroyedAt'], ['erasure.rows', 'rowsRemovedAt'], ['erasure.finished', 'finishedAt'],
];

/** How far the erasing of a tenant is, and what proves that it was done. Asked for again until it is over. */
export const TenantErasure = component<{ tenant: Tenant }>((props) => {
  const path = at`/tenants/${props.tenant.id}`;
  const answer = useQuery<Erasure>(() => `${path}/erasure`);
  const key = useQuery<ErasureKey>(() => '/erasure-key');
  const timer = setInterval(() => {
    if (document.visibilityState === 'visible' && !answer.data?.proof) refreshShown(path);
  }, pollMilliseconds);
  onBeforeUnmount(() => clearInterval(timer));
  return () => {
    if (answer.data) return [<Steps erasure={answer.data} />, answer.data.proof && <Proof tenant={props.tenant} proof={answer.data.proof} known={key.data} />];
    if (answer.problem?.kind === 'not-found') return <EmptyState icon="clock" title={t('erasure.none')} text={t('erasure.none.text')} />;
    if (answer.problem) return <ErrorState problem={answer.problem} retry={() => void answer.reload()} />;
    return <Skeleton />;
  };
});

const Steps = view<{ erasure: Erasure }>((props) => (
  <ol class="timeline" aria-label={t('erasure.steps')}>
    {steps.map(([text, step]) => {
      const time = props.erasure[step];
      return <li key={step} class={time ? 'good' : 'wait'}><span>{t(text)}</span><small>{time ? absolute(time) : t('erasure.waits')}</small></li>;
    })}
  </ol>
));

const Proof = view<{ tenant: Tenant; proof: ErasureProof; known?: ErasureKey }>((props) => {
  const { erased, closedBy, graceEndedAt } = props.proof.proof;
  const { publicKey } = props.proof.signature;
  const file = `${props.tenant.slug}-erasure-proof.json`;
  const rows = Object.entries(erased.rows).filter(([, count]) => count > 0).sort(([one], [other]) => one.localeCompare(other));
  const take = () => save(file, new Blob([JSON.stringify(props.proof, null, 2), '\n'], { type: 'application/json' }));
  return [
    <Section title={t('erasure.proof')} actions={() => <Button kind="primary" icon="download" onClick={take}>{t('erasure.download')}</Button>}>
      <Facts>
        <Fact label="erasure.closed-by">{closedBy}</Fact>
        <Fact label="erasure.grace-ended">{absolute(graceEndedAt)}</Fact>
        <Fact label="erasure.tenant-keys">{number(erased.tenantKeys.length)}</Fact>
        <Fact label="erasure.signing-keys">{number(erased.signingKeys.length)}</Fact>
        <Fact label="erasure.object-count">{number(erased.objects)}</Fact>
        <Fact label="erasure.recorded">{bytes(erased.recordedBytes)}</Fact>
        <Fact label="erasure.signed-by"><CopyId id={publicKey} short /></Fact>
      </Facts>
      <details class="card"><summary>{t('erasure.rows-by-table', { count: rows.reduce((sum, [, count]) => sum + count, 0) })}</summary>
        <dl class="facts">{rows.map(([table, count]) => <div class="fact" key={table}><dt><code>{table}</code></dt><dd>{number(count)}</dd></div>)}</dl>
      </details>
    </Section>,
    <Section title={t('erasure.verify')}>
      <p class="lead">{t('erasure.verify.text')}</p>
      <CopyLine text={`gatehouse verify-erasure ${file} --key=${publicKey}`} label={t('erasure.verify.copy')} />
      {props.known && <p class={['lead', props.known.publicKey === publicKey ? '' : 'wait']} data-testid="erasure-key">{t(props.known.publicKey === publicKey ? 'erasure.key.current' : 'erasure.key.other')}</p>}
    </Section>,
  ];
});
