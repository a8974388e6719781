import type { OrganizationSettingView, SettingSchema, SettingView, SettingsView } from '../../api/types';
import { api } from '../../core/client';
import { languages, t } from '../../core/i18n';
import { invalidate } from '../../core/query';
import { loadSession, loadTenant } from '../../core/session';

export type SettingValue = string | number | boolean | null | Record<string, unknown>;
export type SettingGroup = 'general' | 'branding' | 'security' | 'recording' | 'mail';

/** What a control of this kind of value is. */
export type Control = 'number' | 'choice' | 'switch' | 'color' | 'picture' | 'zone' | 'lines' | 'record' | 'text';

export function control(schema: SettingSchema): Control {
  if (schema.properties) return 'record';
  if (schema.enum) return 'choice';
  if (schema.type === 'boolean') return 'switch';
  if (schema.type === 'integer') return 'number';
  if (schema.format === 'color') return 'color';
  if (schema.format === 'png') return 'picture';
  if (schema.format === 'time-zone') return 'zone';
  return (schema.maxLength ?? 0) > 300 && schema.format !== 'hostname' ? 'lines' : 'text';
}

/** What has to be sent: a value that is the default again is null. */
export function toSend(setting: SettingView, value: SettingValue): SettingValue {
  const empty = value === '' || value === null;
  if (empty) return null;
  const sent = setting.schema.type === 'integer' ? Number(value) : value;
  return JSON.stringify(sent) === JSON.stringify(setting.default) && setting.key !== 'general.name' ? null : sent;
}

/** What an organization says: null for what holds above. */
export function ownValue(setting: OrganizationSettingView, value: SettingValue): SettingValue {
  if (value === '' || value === null) return null;
  return setting.schema.type === 'integer' ? Number(value) : value;
}

/** What an organization may choose: nothing that is looser than what holds above. */
export function narrowed(setting: OrganizationSettingView): SettingSchema {
  const above = setting.inherited.value;
  if (typeof above !== 'number' || setting.scope === 'organization') return setting.schema;
  return { ...setting.schema, ...(setting.scope === 'lower' ? { maximum: above } : { minimum: above }) };
}

/** Where what holds at an organization comes from. */
export function originText(setting: OrganizationSettingView, organization: string): string {
  const { origin, organization: from } = setting.held;
  if (origin !== 'organization') return t(origin === 'tenant' ? 'settings.origin.company' : 'settings.origin.default');
  return from?.id === organization ? t('settings.origin.tenant') : t('settings.origin.organization', { name: from?.name ?? '' });
}

/** A value in words. */
export const settingText = (value: string | number | boolean): string => languages.find((one) => one.code === value)?.name ?? String(value);

export async function saveSettings(body: Record<string, SettingValue>, version: number, path = '/settings'): Promise<SettingsView> {
  const saved = await api.patch<SettingsView>(path, body, version);
  invalidate('/settings', '/settings/mail-server', '/settings/host-name');
  // Name, colour, logo and language are on screen.
  await Promise.all([loadTenant(), loadSession()]);
  return saved;
}
