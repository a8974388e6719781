import type { Label, Named } from './common';

// A company, its settings, what it uses, and who hosts it.

export type ClosureReason = 'suspended' | 'trial-ended' | 'closing' | 'deleted';
export interface TenantInfo { name: string; slug: string; language: string; closure: { reason: ClosureReason; until: string | null } | null; contact: string | null; logo: string | null; color: string | null; signInText: string | null; providers: OfferedProvider[] }
export interface Farewell { name: string; url: string; fields: { name: string; value: string }[] }
export interface DeviceLink { code: string; login: string; clientAddress: string; createdAt: string; expiresAt: string }
export interface OfferedProvider { id: string; name: string; kind: string; domains: string[] }
export interface SignUpFace { mode: 'off' | 'approval' | 'open'; baseDomain: string; trialDays: number; contact: string | null }
export interface SignUpOutcome { state: 'waiting' | 'approved'; company: string; invitationUrl: string | null }
export interface TenantKey { id: string; version: number; wrappedBy: string; createdAt: string; retiredAt: string | null }
export interface TenantKeys { keys: TenantKey[]; own: { address: string; mount: string; name: string } | null; waiting: number }
export interface SettingSchema {
  type?: string; format?: string; enum?: string[]; minimum?: number; maximum?: number; maxLength?: number; nullable?: boolean; writeOnly?: boolean; properties?: Record<string, SettingSchema>;
}
export interface SettingView { key: string; group: string; value: string | number | boolean | null | Record<string, unknown>; default: string | number | boolean | null; origin: 'default' | 'tenant'; hasSecret: boolean; schema: SettingSchema }
export interface SettingsView { version: number; items: SettingView[] }
export interface OriginatedValue { value: string | number | boolean; origin: 'default' | 'tenant' | 'organization'; organization?: Named | null }
export interface OrganizationSettingView { key: string; group: string; scope: 'organization' | 'lower' | 'higher'; held: OriginatedValue; inherited: OriginatedValue; own: string | number | boolean | null; schema: SettingSchema }
export interface OrganizationSettingsView { version: number; items: OrganizationSettingView[] }
export interface HostNameStanding { name: string | null; leadsHereSince: string | null; checkedAt: string | null }
export interface MailTestOutcome { isTaken: boolean; server: string; error: string | null }

export interface Limit { kind: string; amount: number | null }
export interface Price { item: string; amount: number; per: number; included: number }
export interface Plan {
  id: string; code: string; name: string; description: string; currency: string; contact: string; softPercent: number; limits: Limit[]; prices: Price[]; state: string;
  isDefault: boolean; createdAt: string; version: number;
}
export interface TenantPlan { plan: string; code: string; name: string; currency: string; overrides: Limit[]; note: string; since: string; version: number }
export interface Quota { kind: string; limit: number | null; warnAt: number | null; used: number | null; state: 'ok' | 'near' | 'full' }
export interface Quotas { planCode: string; planName: string; contact: string; items: Quota[] }
export interface UsageItem { tenant: string; meter: string; hour: string; quantity: number }
export interface UsageReport { items: UsageItem[] }
export interface Invoice {
  id: string; tenant: string; month: string; number: string; currency: string; total: number; sha256: string; finalisedAt: string; pushedAt: string | null;
}

export interface AuditEvent {
  id: string; at: string; action: string; actor: { kind: string; id: string | null; name: string }; target: { kind: string; id: string | null; name: string | null } | null;
  outcome: string; details: Record<string, unknown>; traceId: string; clientAddress: string | null;
}

export interface Tenant {
  id: string; slug: string; name: string; state: string; trialEndsAt: string | null; graceEndsAt: string | null; closedFrom: string | null; timeZone: string; language: string; createdAt: string; version: number;
}
export interface NewTenant { tenant: Tenant; invitationUrl: string | null }
export type SignUpMode = 'off' | 'approval' | 'open';
export interface SignUpSettings { mode: SignUpMode; trialDays: number; contact: string | null }
export interface SignUp {
  id: string; company: string; slug: string; person: string; email: string; language: string; state: string; createdAt: string; decidedBy: string | null; reason: string | null;
  tenant: string | null;
}
export interface ErasureProof {
  proof: {
    closedBy: string; graceEndedAt: string;
    erased: { tenantKeys: unknown[]; signingKeys: unknown[]; objects: number; recordedBytes: number; rows: Record<string, number> };
  };
  signature: { key: string; publicKey: string; value: string };
}
export interface Erasure {
  id: string; startedAt: string; objectsRemovedAt: string | null; keysDestroyedAt: string | null; rowsRemovedAt: string | null; finishedAt: string | null; proof: ErasureProof | null;
}
export interface ErasureKey { id: string; publicKey: string }
export interface Operator {
  id: string; login: string; name: string; email: string | null; roles: string[]; state: string; locked: boolean; secondFactor: boolean; lastSignInAt: string | null;
  createdAt: string; version: number;
}
export interface NewOperator { operator: Operator; invitationUrl: string }
export interface SupportAccess {
  id: string; operator: string; role: string; reason: string; durationSeconds: number; state: string; askedAt: string; endsAt: string; decidedAt: string | null;
  decidedBy: string | null; isOpen: boolean; isInside: boolean;
}
export interface SupportWish {
  id: string; tenant: string; operator: string; own: boolean; role: string; reason: string; durationSeconds: number; state: string; askedAt: string; endsAt: string; isOpen: boolean;
}
export interface ServiceLevel {
  tenant: string; slug: string; name: string; requests: number; failures: number; p50Microseconds: number; p95Microseconds: number; p99Microseconds: number;
}
export interface Worker {
  id: string; name: string; pool: string; region?: string; labels: Label[]; state: string; isConnected: boolean; version: string; sshEndpoint: string; webEndpoint: string;
  sessions: number; load: number; processors?: number; spoolBytes: number; enrolledAt: string; lastSeenAt: string;
}
export interface Pinning { pools: string[]; labels: Label[] }
export interface EndpointRule { name: string; clientNetworks: string[]; assetNetworks: string[]; node: string | null; label: Label | null; pools: string[]; region: string | null }
export interface EndpointRules { rules: EndpointRule[] }
export interface WorkerToken { id: string; token: string; expiresAt: string }
