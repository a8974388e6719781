import type { Named } from './common';

// People, what they may do, and where.

export type RoleScope = 'tenant' | 'organization';
export type Duty = 'system' | 'security' | 'audit';
export interface DutyPerson { user: Named & { login: string }; duty: Duty | null; crosses: boolean; keeps: RoleReference[]; loses: RoleReference[] }
export interface DutySeparation {
  isOn: boolean; since: string | null; proposal: { on: boolean; by: Named & { login: string }; at: string; until: string } | null;
  people: DutyPerson[]; missing: Duty[]; rules: number;
}
export interface RoleReference { id: string; name: string; builtIn: string | null }
export interface Role extends RoleReference { description: string; scope: RoleScope; permissions: string[]; createdAt: string; version: number }
export interface RoleHolder { role: RoleReference; user: Named & { login: string }; organization: Named }
export interface PermissionEntry { code: string; place: 'tenant' | 'organization' | 'own'; opens: { method: string; path: string; summary: string }[] }
export interface PermissionArea { area: string; permissions: PermissionEntry[] }
export interface User {
  id: string; login: string; name: string; email: string | null; state: string; roles: RoleReference[]; locked: boolean; secondFactor: boolean;
  mustChangePassword: boolean; expiresAt: string | null; lastSignInAt: string | null; createdAt: string; version: number; manager?: Named | null; managerByProvider?: boolean; lentRoles?: { role: RoleReference; until: string }[]; invitationUrl?: string | null; mailedTo?: string | null;
}
export interface TemporaryPassword { password: string; expiresAt: string }
export interface Group { id: string; name: string; members: number; createdAt: string; version: number; keeper?: { id: string; name: string; leftAt?: string | null } | null }

export interface Organization { id: string; parent?: string | null; name: string; createdAt: string; version: number }
export interface RoleBinding { role: Named & { builtIn: string | null }; user: Named & { login: string } }
