import { Form } from '../../core/form';
import { writeQuery } from '../../core/paths';
import { me } from '../../core/session';
import { fromLocalInput, hoursOf, secondsOf } from '../../core/time';
import type { Named, OfferedTemplate, PeerAsset, Ticket } from '../../api/types';
import type { Picked } from '../../ui/Picker';
import { withFirst } from './ActionsField';
import { basket } from './basket';
import { windowSeconds, type Preset } from './windows';

export const kinds = ['access', 'secret', 'role', 'general'] as const;
export type Kind = (typeof kinds)[number];

/** Whether such a request is about accounts on assets. */
export const hasTargets = (kind: string): boolean => kind === 'access' || kind === 'secret';

const first = {
  kind: 'access' as Kind, assets: [] as Picked[], accounts: [] as string[], actions: ['connect'] as string[], preset: 'hour' as Preset, minutes: '30', startsAt: '', subject: '', role: '', organization: '', hours: '8',
  reason: '', templateName: '',
};

export type RequestForm = Form<typeof first>;

/** How a form begins: with what stands in the address, or with what was put aside. */
export function beginning(query: Record<string, string | undefined>): RequestForm {
  const { asset, assetName, account, actions } = query;
  const assets = query.basket ? basket() : asset ? [{ id: asset, name: assetName || asset }] : [];
  return new Form({ ...first, kind: kinds.find((one) => one === query.ask) ?? 'access', assets: assets as Picked[], accounts: account ? [account] : [], actions: withFirst(actions?.split(',') ?? []) });
}

/** Where the secret of an account is asked for. */
export const secretRequest = (asset: Named, account: string): string => '/requests' + writeQuery({ new: '1', ask: 'secret', asset: asset.id, assetName: asset.name, account });

/** Where access to an account is asked for. */
export const accessRequest = (asset: Named, account: string, actions: string[]): string => '/requests' + writeQuery({ new: '1', asset: asset.id, assetName: asset.name, account, actions: actions.join(',') });

/** A secret is asked for one account of one asset at a time. */
export const isTooMuch = (form: RequestForm): boolean => form.values.kind === 'secret' && (form.values.assets.length > 1 || form.values.accounts.length > 1);

const startOf = (text: string): Date => (text ? new Date(text) : new Date());

/** What is asked for, as the preview takes it. */
export function previewed(form: RequestForm): Record<string, unknown> {
  const { values } = form;
  if (!hasTargets(values.kind)) return { kind: values.kind, content: content(form) };
  return {
    kind: values.kind, assets: values.assets.map((one) => one.id), accounts: values.accounts, ...(values.kind === 'access' ? { actions: values.actions } : {}), startsAt: fromLocalInput(values.startsAt),
    durationSeconds: windowSeconds(values.preset, Number(values.minutes), startOf(values.startsAt)),
  };
}

/** The kind's own part. */
export function content(form: RequestForm): Record<string, unknown> {
  const { values } = form;
  if (values.kind === 'general') return { subject: values.subject.trim() };
  if (values.kind === 'role') return { role: values.role, ...(values.organization ? { organization: values.organization } : {}), durationSeconds: roleSeconds(form) };
  return {};
}

/** All of it, as it is sent; with the request that it goes on with, or was made from. */
export function asked(form: RequestForm, before: Ticket | null = null): Record<string, unknown> {
  const { values } = form;
  const reason = values.reason.trim();
  return values.kind === 'access' ? { ...previewed(form), protocols: ['ssh'], reason, content: relation(form, before) } : { ...previewed(form), reason };
}

/** Approvers of a renewal see what was given before: it is one as long as nothing is added. What somebody else asked for is a beginning only. */
function relation(form: RequestForm, before: Ticket | null): Record<string, unknown> {
  if (before?.kind !== 'access' || before.requester.id !== me.value?.user.id) return {};
  const given = { assets: before.assets.map((one) => one.id), accounts: before.accounts, actions: before.actions };
  const wanted = { assets: form.values.assets.map((one) => one.id), accounts: form.values.accounts, actions: form.values.actions };
  const isWithin = (['assets', 'accounts', 'actions'] as const).every((part) => wanted[part].every((one) => given[part].includes(one)));
  return { [before.state === 'approved' && isWithin && before.protocols.includes('ssh') ? 'renews' : 'clones']: before.id };
}

export const roleSeconds = (form: RequestForm): number => secondsOf(form.values.hours) || 0;

/** Whether there is enough to be looked at. */
export function isAskable(form: RequestForm): boolean {
  const { values } = form;
  if (values.kind === 'role') return !!values.role && roleSeconds(form) > 0;
  return values.kind === 'general' ? !!values.subject.trim() : values.assets.length > 0 && values.accounts.length > 0 && !isTooMuch(form);
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function takeWindow(form: RequestForm, seconds: number): void {
  const preset = seconds === 3_600 ? 'hour' : seconds === 604_800 ? 'week' : 'minutes';
  form.set('preset')(preset);
  form.set('minutes')(String(Math.max(1, Math.round(seconds / 60))));
}

function takeContent(form: RequestForm, kind: string, one: Record<string, unknown>, seconds: number): void {
  form.set('kind')(kinds.find((known) => known === kind) ?? 'access');
  form.set('subject')(text(one.subject));
  form.set('role')(text(one.role));
  form.set('organization')(text(one.organization));
  const length = typeof one.durationSeconds === 'number' ? one.durationSeconds : seconds;
  if (kind === 'role') form.set('hours')(hoursOf(length));
}

/** An earlier request is the beginning of this one. */
export function takeTicket(form: RequestForm, ticket: Ticket): void {
  takeContent(form, ticket.kind, ticket.content, ticket.durationSeconds);
  form.set('assets')(ticket.assets.map((one) => ({ id: one.id, name: one.name })));
  form.set('accounts')(ticket.accounts);
  form.set('actions')(withFirst(ticket.actions));
  if (ticket.durationSeconds) takeWindow(form, ticket.durationSeconds);
  form.set('reason')(ticket.reason);
}

/** A template is the beginning of this one; what was put aside stays with it. */
export function takeTemplate(form: RequestForm, template: OfferedTemplate): void {
  takeContent(form, template.kind, template.content, template.durationSeconds);
  form.set('assets')(merged(form.values.assets, template.assets));
  form.set('accounts')([...new Set([...form.values.accounts, ...template.accounts])]);
  form.set('actions')(withFirst([...form.values.actions, ...template.actions]));
  takeWindow(form, template.durationSeconds);
  if (!form.values.reason.trim()) form.set('reason')(template.reason);
}

/** What others have is asked for too. */
export function takePeer(form: RequestForm, peer: PeerAsset): void {
  form.set('kind')('access');
  form.set('assets')(merged(form.values.assets, [peer]));
  form.set('accounts')([...new Set([...form.values.accounts, ...peer.accounts])]);
}

const merged = (some: Picked[], more: Named[]): Picked[] => [...some, ...more.filter((one) => !some.some((other) => other.id === one.id)).map((one) => ({ id: one.id, name: one.name }))];

/** As a template of one's own. */
export function ownTemplate(form: RequestForm): Record<string, unknown> {
  const { values } = form;
  const isAbout = hasTargets(values.kind);
  return {
    name: values.templateName.trim(), kind: values.kind, content: content(form), reason: values.reason.trim(), durationSeconds: isAbout ? previewed(form).durationSeconds : Math.max(60, roleSeconds(form)),
    ...(isAbout ? { assets: values.assets.map((one) => one.id), accounts: values.accounts, actions: values.actions } : {}),
  };
}

