import type { SettingSchema, SettingView, SettingsView } from '../../api/types';
import { api } from '../../core/client';
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

export async function saveSettings(body: Record<string, SettingValue>, version: number): Promise<SettingsView> {
  const saved = await api.patch<SettingsView>('/settings', body, version);
  invalidate('/settings', '/settings/host-name');
  // Name, colour, logo and language are on screen.
  await Promise.all([loadTenant(), loadSession()]);
  return saved;
}
