import type { Label, Named } from './common';

// What people reach, by what grant, and what they did there.

export interface InheritedGrant { id: string; name: string; effect: string; organization?: Named | null; startsAt: string; endsAt: string | null; createdAt: string }

export interface HostKey { id: string; algorithm: string; fingerprint: string; state: string }
export interface Asset {
  id: string; name: string; platform: string; address: string; port: number; description: string; state: string; nodes: string[]; labels: Label[]; owner?: Named | null;
  hostKeys: HostKey[]; createdAt: string; version: number;
}
export interface Node { id: string; name: string; parent: string | null; assetCount: number; version: number; owner?: Named | null }
export interface KnownSecret { user: string; userName: string; endedAt: string; people: number }
export interface Account {
  id: string; asset: string; assetName: string; name: string; kind: string; privileged: boolean; exclusive: boolean; hasSecret: boolean; secretVersion: number; known: KnownSecret | null;
  createdAt: string; version: number;
}
export interface CheckOut {
  id: string; account: string; accountName: string; kind: string; asset: string; assetName: string; user: string; userName: string; ticket: string; number: number;
  startsAt: string; endsAt: string; state: string; endedBecause: 'time' | 'checked-in' | 'revoked' | 'holder-gone' | null; endedAt: string | null; shownCount: number; lastShownAt: string | null; isKnown: boolean; createdAt: string;
}
export interface ReachableAccount { name: string; protocols: string[]; actions: string[]; until: string | null; hasSecret: boolean }
export interface ReachableAsset { id: string; name: string; address: string; platform: string; accounts: ReachableAccount[] }
export interface RequestableAsset { id: string; name: string; platform: string }
export interface GatewayInfo { sshHost: string | null; sshPort: number | null }

export interface Grant {
  id: string; name: string; effect: string; source: string; ticket: string | null; users: Named[]; groups: Named[]; assets: Named[]; nodes: Named[];
  accounts: { kind: string; name: string | null }[]; protocols: string[]; actions: string[]; startsAt: string; endsAt: string | null; weekly: unknown;
  state: string; endedBecause?: 'time' | 'handed-back' | 'unused' | null; unusedAfterSeconds?: number | null; createdAt: string; version: number;
}
export interface MyBreakGlass { rules: { name: string; actions: string[]; maxSeconds: number }[]; isBlocked: boolean }
export interface BreakGlassRule { name: string; groups: string[]; organization?: string | null; labels: { key: string; value: string }[]; actions: string[]; maxSeconds: number }
export interface BreakGlassRules { rules: BreakGlassRule[]; version: number }
export interface BreakGlassUse {
  id: string; number: number; user: Named; reason: string; rule: string; assets: Named[]; grant: string; isOpen: boolean; usedAt: string; endsAt: string;
  sessions: number; commands: number; reviewDueAt: string; outcome?: 'accepted' | 'objected' | null; reviewedAt?: string | null; reviewer?: Named | null; remark: string;
}
export interface MyGrant {
  id: string; name: string; source: string; ticket: string | null; assets: Named[]; nodes: Named[]; accounts: { kind: string; name: string | null }[];
  actions: string[]; startsAt: string; endsAt: string | null; state: string; isUsed: boolean; createdAt: string;
}
export interface CreateGrant {
  name: string; effect: string; users: string[]; groups: string[]; assets: string[]; nodes: string[]; accounts: { kind: string; name?: string }[]; protocols: string[]; actions: string[];
  startsAt?: string | null; endsAt?: string | null;
}

export interface DecisionReason {
  code: string; text: string; grant?: string | null;
  facts: { asset: string; account: string; protocol: string; action: string; grantName?: string | null; at?: string | null };
}
export interface TrialMembership { user: string; group: string; isMember: boolean }
export interface TrialCount { judged: number; changed: number; unchanged: number }
export interface TrialRow {
  user: Named; asset: Named; account?: string | null; protocol: string; count: number; changed: number; lastAt: string; isOpenNow: boolean; staysOpenNow: boolean;
  reasons: DecisionReason[];
}
export interface TrialWidening { name: string; grant?: string | null; people: number; assets: number; opened: number; isComplete: boolean; examples: { user: Named; asset: Named; accounts: string[] }[] }
export interface AccessTrial {
  from: string; to: string; isComplete: boolean; sessions: TrialCount; attempts: TrialCount; losingPeople: number; gainingPeople: number;
  leftOut: number; loses: TrialRow[]; moreLoses: number; gains: TrialRow[]; moreGains: number; widens: TrialWidening[];
}

export interface Decided {
  allowed: boolean;
  reasons: DecisionReason[];
  request?: { asset: string; account: string; protocols: string[]; actions: string[] } | null;
}

export interface Recording { id: string; state: string; bytes: number }
export interface Session {
  id: string; user: Named; asset: Named; account: string; protocol: string; channel: string; commandLine: string | null; entrance: string; state: string;
  clientAddress: string | null; createdAt: string; connectedAt: string | null; endedAt: string | null; endReason: string | null; endText: string | null;
  exitStatus: number | null; seconds: number; bytesIn: number; bytesOut: number; commands: number; recording: Recording | null;
}
export interface Command {
  id: string; at: string; session: string; user: string; asset: string; account: string; line: string; verdict: string; confidence: string; offsetUs: number;
}
export interface TerminalToken { token: string; url: string; expiresAt: string }
