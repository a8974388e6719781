import type { Named } from './common';

// How people sign in and confirm it, and what their programs sign in with.

export interface Me {
  user: { id: string; login: string; name: string; email: string | null; language: string | null; version: number };
  /** Of the portal only: somebody of the hosting provider belongs to no tenant. */
  tenant: { name: string; slug: string; language: string };
  permissions: string[];
  secondFactorAt: string | null;
  roles: (Named & { builtIn: string | null })[];
  mustEnrol: boolean;
  /** What there is to confirm with; people of a company have this. */
  factors?: Factor[];
  /** Whether codes by e-mail can become one more. */
  mayAddEmail?: boolean;
  mayAddSms?: boolean;
  mayAddFace?: boolean;
  /** Enough of the number where codes go as text messages. */
  number?: string | null;
  /** What a new password of one's own has to be. */
  newPassword?: PasswordDemand | null;
  /** Until when somebody of the hosting provider is here, by the company's consent. */
  supportUntil?: string | null;
}
export interface PasswordDemand { length: number; kinds: number }
export type Step = 'done' | 'challenge' | 'second-factor' | 'enrol' | 'change-password' | 'review';
export type Factor = 'authenticator' | 'passkey' | 'email' | 'sms' | 'radius' | 'face';
/** By what a code is sent. */
export type Channel = 'email' | 'sms';
export interface SentCode { sentTo: string; expiresAt: string; againAt: string }
export interface StepAnswer { step: Step; token?: string | null; prompt?: string | null; factors?: Factor[] | null; rememberDays?: number | null }
export interface RememberedDevice { userAgent: string | null; clientAddress: string | null; factor: Factor; rememberedAt: string; lastUsedAt: string | null; expiresAt: string }
export interface Enrolment { secret: string; uri: string; qr: string }

export interface RuleMember { user?: string | null; group?: string | null; role?: string | null; name: string }
export interface SignInHours { days: number[]; from: number; to: number }
export type SignInAction = 'allow' | 'deny' | 'notify' | 'review';
export interface SignInRule {
  id?: string | null; name: string; enabled: boolean; everyone: boolean; who: RuleMember[]; sources: string[]; hours: SignInHours[]; action: SignInAction; asked: RuleMember[];
}
export interface SignInRules { rules: SignInRule[]; version: number }
export interface TriedSignIn { action: SignInAction; rule: string | null; ruleName: string | null; weekday: number; minute: number }
export type SignInEntrance = 'web' | 'cli' | 'ssh';
export type FirstStep = 'password' | 'provider' | 'key';
export type FactorAction = 'require' | 'skip';
export type FactorLevel = 'off' | 'administrators' | 'all';
export type CountedFactor = Factor | 'provider';
export interface FactorRule {
  name: string; enabled: boolean; everyone: boolean; who: RuleMember[]; entrances: SignInEntrance[]; sources: string[]; after: FirstStep[]; action: FactorAction; factors: CountedFactor[]; always: boolean;
}
export interface FactorRules { level: FactorLevel; rules: FactorRule[]; version: number }
export interface TriedFactors { ask: 'nothing' | 'second-factor' | 'enrol'; ruleName: string | null; level: FactorLevel; factors: Factor[] }
export interface PlaceName { en: string; zh: string | null }
/** Where an address was when its person signed in. */
export interface Place { country: string; countryName: PlaceName | null; region: PlaceName | null; city: PlaceName | null; cityId: number | null }
export interface GeolocationStanding { database: string | null; builtAt: string | null }
export interface OnlineSession { id: string; user: string; login: string; name: string; createdAt: string; lastSeenAt: string; expiresAt: string; clientAddress: string | null; userAgent: string | null; place: Place | null }
export interface LockedAccount { user: string; login: string; name: string; failures: number; lockedUntil: string }
export interface LockedAddress { address: string; failures: number; since: string; lastFailureAt: string; lockedUntil: string }

export interface WebSession { id: string; createdAt: string; lastSeenAt: string; expiresAt: string; clientAddress: string | null; userAgent: string | null; place: Place | null; current: boolean }
export interface SignInLink { id: string; user: string; login: string; name: string; landing: string | null; createdBy: string; createdByName: string; through: 'access-key' | 'token' | 'browser'; createdAt: string; expiresAt: string; usedAt: string | null; usedFrom: string | null; revokedAt: string | null }
export interface AccessKey { id: string; name: string; algorithm: string; sources: string[]; createdAt: string; expiresAt: string; enabled: boolean; lastUsedAt: string | null; lastUsedFrom: string | null }
export interface ApiToken { id: string; name: string; sources: string[]; createdAt: string; expiresAt: string | null; lastUsedAt: string | null; token?: string }
export interface Passkey { id: string; name: string; model: string; isSynced: boolean; createdAt: string; lastUsedAt: string | null; counterFellAt: string | null }
export interface PasskeyRoot { id: string; subject: string; fingerprint: string; expiresAt: string; createdAt: string }
export interface SshKey { id: string; name: string; algorithm: string; fingerprint: string; createdAt: string; expiresAt: string | null; enabled: boolean; lastUsedAt: string | null; hold: 'sign-in' | 'provider-off' | null }
