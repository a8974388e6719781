import { shallowRef } from 'vue';
import { component, h } from '../../core/jsx';
import { t, tKnown } from '../../core/i18n';
import { auditAction, stateName } from '../../core/names';
import { at } from '../../core/paths';
import { placeName } from '../../core/place';
import { absolute } from '../../core/time';
import type { AuditEvent, Place } from '../../api/types';
import { CopyId, EmptyState, Fact, Facts, Person, RelativeTime, StateTag } from '../../ui/bits';
import { Dialog } from '../../ui/Dialog';
import { Link } from '../../ui/Link';
import { Page } from '../../ui/Page';
import { ResourceTable } from '../../table/ResourceTable';
import type { Column, FilterDef } from '../../table/columns';
import { detailsOf, most } from './details';

/** Where the things of the portal are shown, by their kind. */
const pages: Record<string, string> = { user: '/users', group: '/groups', asset: '/assets', grant: '/grants', ticket: '/tickets', session: '/sessions', webhook: '/webhooks', role: '/roles', 'identity-provider': '/identity-providers' };

/** Who has changed their own things is named as the one who did it, where the trail has their id alone. */
const targetName = ({ target: what, actor }: AuditEvent): string => what?.name || (what?.id && what.id === actor.id ? actor.name : '');

function target(event: AuditEvent, pages: Record<string, string>): unknown {
  const what = event.target;
  if (!what) return '';
  const page = pages[what.kind];
  const name = targetName(event) || what.id || tKnown(`audit-target.${what.kind}`, what.kind);
  return page && what.id ? <Link to={page + at`/${what.id}`}>{name}</Link> : name;
}

/** Where a sign-in came from, as it was known then. */
const placeOf = (event: AuditEvent) => placeName(event.details.place as Place | undefined);

/** Who is not known has no name but the server's word for nobody. */
const actorName = (event: AuditEvent): string => (event.actor.name === event.actor.kind ? tKnown(`audit-actor.${event.actor.kind}`, event.actor.name) : event.actor.name);

/** Everything that anybody did; a row opens what is known about it. */
export const AuditTable = component<{ id: string; always?: string; links?: Record<string, string> }>((props) => {
  const open = shallowRef<AuditEvent | null>(null);
  const columns: Column<AuditEvent>[] = [
    { id: 'at', title: 'audit.at', kind: 'tight', sort: 'at', cell: (event) => <RelativeTime time={event.at} />, text: (event) => event.at },
    { id: 'action', title: 'audit.action', kind: 'main', cell: (event) => <button type="button" class="link" onClick={() => { open.value = event; }}>{auditAction(event.action)}</button>, text: (event) => event.action },
    { id: 'actor', title: 'audit.actor', cell: (event) => <Person name={actorName(event)} />, text: (event) => event.actor.name },
    { id: 'target', title: 'audit.target', cell: (event) => target(event, props.links ?? pages), text: (event) => targetName(event) || event.target?.id || '' },
    { id: 'outcome', title: 'audit.outcome', kind: 'tight', cell: (event) => <StateTag state={event.outcome} />, text: (event) => event.outcome },
    { id: 'client', title: 'session.client', off: true, cell: (event) => event.clientAddress ?? '' },
    { id: 'place', title: 'place', off: true, cell: (event) => placeOf(event), text: (event) => placeOf(event) },
    { id: 'trace', title: 'audit.trace', off: true, cell: (event) => <CopyId id={event.traceId} short />, text: (event) => event.traceId },
  ];
  const filters: FilterDef[] = [{ id: 'outcome', title: 'audit.outcome', choices: ['success', 'refused', 'failed'].map((value) => ({ value, text: stateName(value) })) }];
  const details = (event: AuditEvent) => (
    <Dialog drawer title={auditAction(event.action)} onClose={() => { open.value = null; }}>
      <Facts>
        <Fact label="audit.at">{absolute(event.at)}</Fact>
        <Fact label="audit.outcome"><StateTag state={event.outcome} /></Fact>
        <Fact label="audit.action"><code>{event.action}</code></Fact>
        <Fact label="audit.actor">{actorName(event)}{event.actor.name !== event.actor.kind && <span class="faint"> ({tKnown(`audit-actor.${event.actor.kind}`, event.actor.kind)})</span>}</Fact>
        <Fact label="audit.target">{event.target ? [targetName(event), ' ', <span class="faint">({tKnown(`audit-target.${event.target.kind}`, event.target.kind)})</span>] : '–'}</Fact>
        <Fact label="session.client">{event.clientAddress ?? '–'}</Fact>
        {placeOf(event) && <Fact label="place">{placeOf(event)}</Fact>}
        <Fact label="audit.trace"><CopyId id={event.traceId} /></Fact>
        <Fact label="id"><CopyId id={event.id} /></Fact>
      </Facts>
      {Object.keys(event.details ?? {}).length > 0 && more(event)}
    </Dialog>
  );
  const more = (event: AuditEvent) => {
    const known = detailsOf(event.details).filter((one) => one.key !== 'place' || !placeOf(event));
    return [
      <h3>{t('audit.details')}</h3>,
      <Facts>{known.slice(0, most).map((one) => <Fact name={one.name}>{one.value}</Fact>)}</Facts>,
      <details open={known.length > most}><summary>{t('audit.raw')}</summary><pre class="json">{JSON.stringify(event.details, null, 2)}</pre></details>,
    ];
  };
  return () => (
    <div>
      <ResourceTable<AuditEvent>
        id={props.id} path="/audit-events" label={t('page.audit')} columns={columns} filters={filters} searchBy={['action', 'actorName']} always={props.always}
        empty={() => <EmptyState icon="file-certificate" title={t('audit.empty')} text={t('audit.empty.text')} />}
      />
      {open.value && details(open.value)}
    </div>
  );
});

export const AuditPage = component(() => () => <Page title={t('page.audit')}><AuditTable id="audit" /></Page>);
