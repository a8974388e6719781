/** What the API sends; the portal reads no other fields. */
export interface Page<T> { items: T[]; next: string | null }
export interface Named { id: string; name: string }

export type ClosureReason = 'suspended' | 'trial-ended' | 'closing' | 'deleted';
export interface TenantInfo { name: string; slug: string; language: string; closure: { reason: ClosureReason; until: string | null } | null; contact: string | null; logo: string | null; color: string | null; signInText: string | null; providers: OfferedProvider[] }
export interface Farewell { name: string; url: string }
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
export interface InheritedGrant { id: string; name: string; effect: string; organization?: Named | null; startsAt: string; endsAt: string | null; createdAt: string }
export interface HostNameStanding { name: string | null; leadsHereSince: string | null; checkedAt: string | null }
export interface MailTestOutcome { isTaken: boolean; server: string; error: string | null }
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
  /** Until when somebody of the hosting provider is here, by the company's consent. */
  supportUntil?: string | null;
}
export type Step = 'done' | 'challenge' | 'second-factor' | 'enrol' | 'change-password' | 'review';
export type Factor = 'authenticator' | 'passkey' | 'email' | 'sms' | 'radius' | 'face';
/** By what a code is sent. */
export type Channel = 'email' | 'sms';
export interface SentCode { sentTo: string; expiresAt: string; againAt: string }
export interface StepAnswer { step: Step; token?: string | null; prompt?: string | null; factors?: Factor[] | null; rememberDays?: number | null }
export interface RememberedDevice { userAgent: string | null; clientAddress: string | null; factor: Factor; rememberedAt: string; lastUsedAt: string | null; expiresAt: string }
export interface Enrolment { secret: string; uri: string; qr: string }

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
export interface Group { id: string; name: string; members: number; createdAt: string; version: number }

export interface Organization { id: string; parent?: string | null; name: string; createdAt: string; version: number }
export interface RoleBinding { role: Named & { builtIn: string | null }; user: Named & { login: string } }

export interface HostKey { id: string; algorithm: string; fingerprint: string; state: string }
export interface Label { key: string; value: string }
export interface Asset {
  id: string; name: string; platform: string; address: string; port: number; description: string; state: string; nodes: string[]; labels: Label[]; owner?: Named | null;
  hostKeys: HostKey[]; createdAt: string; version: number;
}
export interface Node { id: string; name: string; parent: string | null; assetCount: number; version: number; owner?: Named | null }
export interface List<T> { items: T[] }
export interface Account {
  id: string; asset: string; assetName: string; name: string; kind: string; privileged: boolean; hasSecret: boolean; secretVersion: number;
  createdAt: string; version: number;
}
export interface ReachableAccount { name: string; protocols: string[]; actions: string[]; until: string | null }
export interface ReachableAsset { id: string; name: string; address: string; platform: string; accounts: ReachableAccount[] }
export interface RequestableAsset { id: string; name: string; platform: string }
export interface GatewayInfo { sshHost: string | null; sshPort: number | null }

export interface Grant {
  id: string; name: string; effect: string; source: string; ticket: string | null; users: Named[]; groups: Named[]; assets: Named[]; nodes: Named[];
  accounts: { kind: string; name: string | null }[]; protocols: string[]; actions: string[]; startsAt: string; endsAt: string | null; weekly: unknown;
  state: string; endedBecause?: 'time' | 'handed-back' | 'unused' | null; unusedAfterSeconds?: number | null; createdAt: string; version: number;
}
export interface MyBreakGlass { rules: { name: string; maxSeconds: number }[]; isBlocked: boolean }
export interface BreakGlassRule { name: string; groups: string[]; organization?: string | null; labels: { key: string; value: string }[]; maxSeconds: number }
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

export interface TrialMembership { user: string; group: string; isMember: boolean }
export interface TrialCount { judged: number; changed: number; unchanged: number }
export interface TrialRow {
  user: Named; asset: Named; account?: string | null; protocol: string; count: number; changed: number; lastAt: string; isOpenNow: boolean; staysOpenNow: boolean;
  reasons: { code: string; text: string; grant?: string | null }[];
}
export interface TrialWidening { name: string; grant?: string | null; people: number; assets: number; opened: number; isComplete: boolean; examples: { user: Named; asset: Named; accounts: string[] }[] }
export interface AccessTrial {
  from: string; to: string; isComplete: boolean; sessions: TrialCount; attempts: TrialCount; losingPeople: number; gainingPeople: number;
  loses: TrialRow[]; moreLoses: number; gains: TrialRow[]; moreGains: number; widens: TrialWidening[];
}

export interface Decided {
  allowed: boolean;
  reasons: { code: string; text: string; grant?: string | null }[];
  request?: { asset: string; account: string; protocols: string[]; actions: string[] } | null;
}

export type FlowRelation = 'asset-owner' | 'node-owner' | 'manager';
export interface Approver { user?: string | null; group?: string | null; role?: string | null; relation?: FlowRelation | null; name: string }
export interface FlowLevel {
  name: string; webhook?: string | null; approvers: Approver[]; quorum: number; deadlineSeconds: number; reminderSeconds: number | null; lapse: 'expired' | 'rejected';
  escalation: { afterSeconds: number; approvers: Approver[] } | null; needsPasskey: boolean;
}
export interface FlowConditions {
  kinds: string[]; groups: Named[]; labels: Label[]; platforms: string[]; assets: 'any' | 'all'; privileged: boolean | null; atLeastSeconds: number | null; atMostSeconds: number | null;
  hours: SignInHours[]; outsideHours: boolean; risks: string[];
}
/** What no flow of the company goes below. */
export interface ApprovalFloor { name: string; conditions: FlowConditions; levels: number; quorum: number; needsPasskey: boolean; asksPeople: boolean; atMostSeconds: number | null }
export interface ApprovalRules {
  floors: ApprovalFloor[]; mostOpenPerPerson: number; mostOpen: number; below: { flow: string; flowName: string; organizationName: string; floor: string }[]; version: number;
}
export interface Flow {
  id: string; organization: string; organizationName: string; name: string; isDefault: boolean; enabled: boolean; priority: number; conditions: FlowConditions; parallel: boolean;
  approvesLowRisk: boolean; copies: { user: string | null; group: string | null; name: string }[]; unusedAfterSeconds: number | null; levels: FlowLevel[]; version: number;
}
export interface Flows { items: Flow[]; inherited: { organizationName: string; name: string; isDefault: boolean }[] }

export interface Decision { level: number; user: Named; outcome: string; comment: string; channel: string; decidedAt: string; onBehalfOf: Named | null; changes: TicketChange[]; hasProof: boolean }
export interface Delegation { id: string; from: Named; to: Named; note: string; startsAt: string; endsAt: string; endedAt: string | null; createdAt: string }
export interface TicketChange { label: string; before: string[]; after: string[] }
export interface TicketSeat { user: Named; reason: string; detail: string; isEscalation: boolean }
export interface TicketStage {
  level: number; name: string; quorum: number; needsPasskey: boolean; openedAt: string | null; deadline: string | null; passedAt: string | null; remindedAt: string | null; escalatedAt: string | null;
  lapse: string; seats: TicketSeat[];
}
export interface PreviewedLevel {
  name: string; quorum: number; seats: { user: Named; reason: string; detail: string }[]; deadlineSeconds: number; latest: string; reminderSeconds: number | null; lapse: string;
  escalatesAfterSeconds: number | null; escalation: { user: Named; reason: string; detail: string }[]; needsPasskey: boolean;
}
export interface PathPreview {
  flowName: string; because: string[]; risk: string; riskReasons: { code: string; points: number }[]; approvesItself: boolean; parallel: boolean; levels: PreviewedLevel[]; copies: Named[];
  unusedAfterSeconds: number | null;
}
export interface TicketReportLine { id: string; name: string; count: number; approved: number; rejected: number; medianSeconds: number | null; slowSeconds: number | null }
export interface TicketReport {
  opened: number; approved: number; rejected: number; withdrawn: number; expired: number; open: number; medianSeconds: number | null; slowSeconds: number | null;
  approvers: TicketReportLine[]; assets: TicketReportLine[]; kinds: TicketReportLine[];
}
export interface TicketTurn { level: number; onBehalfOf: Named | null; needsPasskey: boolean }
export interface TicketFact { label: string; values: string[]; form: 'text' | 'seconds' | 'time' }
export interface Ticket {
  kind: string; content: Record<string, unknown>; facts: TicketFact[]; flowName: string; because: string[]; risk: string; isParallel: boolean; path: TicketStage[]; copies: Named[];
  id: string; number: number; requester: Named; reason: string; assets: Named[]; accounts: string[]; protocols: string[]; actions: string[];
  startsAt: string | null; durationSeconds: number; state: string; level: number; levels: number; levelNames: string[]; deadline: string;
  decisions: Decision[]; waitingFor: Named[]; mayDecide: boolean; turn: TicketTurn | null; grant: string | null; digest: string; createdAt: string; decidedAt: string | null;
  version: number;
}
export interface RequestTemplateBody {
  organization?: string | null; name: string; note: string; enabled: boolean; kind: string; content: Record<string, unknown>; assets: string[]; nodes: string[]; labels: Label[];
  accounts: string[]; actions: string[]; durationSeconds: number; reason: string; groups: string[];
}
export interface RequestTemplate { id: string; organization: string; organizationName: string; template: RequestTemplateBody; assets: Named[]; nodes: Named[]; groups: Named[]; version: number }
export interface OfferedTemplate {
  id: string; name: string; note: string; isOwn: boolean; kind: string; content: Record<string, unknown>; assets: Named[]; findsMore: boolean; accounts: string[]; actions: string[];
  durationSeconds: number; reason: string;
}
export interface PeerAsset { id: string; name: string; accounts: string[] }
export interface AskableRoles { roles: { id: string; name: string; builtIn: string | null }[]; organizations: { id: string; name: string; isWhole: boolean }[] }
export interface Comment { id: string; user: Named; text: string; createdAt: string }
export interface TimelineEvent {
  at: string; kind: 'opened' | 'level-opened' | 'reminded' | 'escalated' | 'approved' | 'rejected' | 'reassigned' | 'copied' | 'commented' | 'level-passed' | 'ended'; level: number | null; name: string; person: Named | null; onBehalfOf: Named | null; channel: string | null; hasProof: boolean; text: string; changes: TicketChange[];
  people: Named[];
}
export interface TicketComments { items: Comment[]; events: TimelineEvent[] }

export interface Webhook {
  id: string; name: string; url: string; eventTypes: string[]; organization?: string | null; state: string; disabledBecause?: string | null; failingSince?: string | null;
  oldSecretUntil?: string | null; createdAt: string; version: number;
}
export interface EventKind { type: string; members: string[] }
export interface DeliveryAttempt { number: number; at: string; milliseconds: number; status?: number | null; error?: string | null; answer?: string | null }
export interface DeliveryDetail { delivery: Delivery; event: string; payload: string; hasSealedPart: boolean; attempts: DeliveryAttempt[] }
export interface NewWebhook { webhook: Webhook; secret: string }
export interface Delivery {
  id: string; webhook: string; webhookName: string; eventType: string; state: string; attempts: number; nextAttemptAt: string | null;
  lastStatus: number | null; lastError: string | null; createdAt: string;
}
export interface EgressAllowance { host: string; port: number }

export interface ProviderRule { directoryGroup: string; role: string | null; group: string | null }
export interface LdapAttributes { subject: string; login: string; name: string; email: string }
export interface LdapSettings {
  kind: 'ldap'; servers: { host: string; port: number }[]; security: string; authorities: string | null; bindDn: string | null; baseDn: string; userFilter: string;
  attributes: LdapAttributes & { manager?: string | null }; groups: string; groupBaseDn: string | null; timeoutSeconds: number;
}
export interface RadiusSettings {
  kind: 'radius'; servers: { host: string; port: number }[]; protocol: string; nasIdentifier: string; groups: string; failoverSeconds: number; timeoutSeconds: number; use: string; domain: string | null;
  challengeIsSecondFactor: boolean; transport: string; authorities: string | null; certificate: string | null;
}
export interface OidcSettings {
  kind: 'oidc'; issuer: string; clientId: string; clientAuthentication: string; scopes: string[]; claims: LdapAttributes & { groups: string }; userinfo: boolean; algorithms: string[];
  clockSkewSeconds: number; verifiesEmail: boolean;
}
export interface SamlSettings {
  kind: 'saml'; entityId: string; signOnUrl: string; logoutUrl: string | null; logoutResponseUrl: string | null; certificates: string[]; nameFormat: string | null;
  attributes: LdapAttributes & { groups: string }; wantsSignedAssertions: boolean; wantsEncryptedAssertions: boolean; allowsUnsolicited: boolean; clockSkewSeconds: number;
}
export interface SamlMetadata { entityId: string; signOnUrl: string; logoutUrl: string | null; logoutResponseUrl: string | null; certificates: string[] }
export interface CasSettings { kind: 'cas'; serverUrl: string; attributes: LdapAttributes & { groups: string }; verifiesEmail: boolean }
export interface OAuth2Settings {
  kind: 'oauth2'; authorizationUrl: string; tokenUrl: string; userinfoUrl: string; clientId: string; clientAuthentication: string; scopes: string[];
  claims: LdapAttributes & { groups: string }; verifiesEmail: boolean;
}
export interface MessengerSettings {
  kind: 'messenger'; vendor: string; organization: string; clientId: string; login: string; verifiesEmail: boolean; signInUrl: string | null; apiUrl: string | null;
}
export type ProviderSettings = LdapSettings | RadiusSettings | OidcSettings | SamlSettings | CasSettings | OAuth2Settings | MessengerSettings;
export interface IdentityProvider {
  id: string; name: string; position: number; enabled: boolean; domains: string[]; createsUsers: boolean; linksUsers: boolean; bindsUsers: boolean; rules: ProviderRule[];
  settings: ProviderSettings;
  hasSecret: boolean; createdAt: string; version: number;
}
export type SmsSettings =
  | { kind: 'alibaba'; accessKeyId: string; signName: string; templateCode: string; parameter: string; noticeTemplate: string | null; endpoint: string }
  | { kind: 'tencent'; secretId: string; appId: string; signName: string; templateId: string; withMinutes: boolean; noticeTemplate: string | null; region: string; endpoint: string }
  | { kind: 'huawei'; appKey: string; sender: string; templateId: string; noticeTemplate: string | null; signature: string | null; digest: string; endpoint: string }
  | { kind: 'twilio'; accountSid: string; apiKey: string | null; from: string | null; messagingServiceSid: string | null; endpoint: string }
  | { kind: 'cmpp'; server: { host: string; port: number }; source: string; number: string; service: string; signName: string | null }
  | { kind: 'custom'; method: string; url: string; headers: { name: string; value: string }[]; format: string; body: string | null; success: string | null };
export interface SmsGateway {
  id: string; name: string; enabled: boolean; kind: SmsSettings['kind']; settings: SmsSettings | null; hasSecret: boolean; createdAt: string; lastTakenAt: string | null; lastRefusal: string | null; lastRefusedAt: string | null; version: number;
}
export type ChannelDelivery = 'callback' | 'stream';
/** How it stands with the connection over which clicks come. */
export interface ChannelConnection { state: 'connected' | 'connecting' | 'waiting'; since: string | null; problem: 'refused' | 'closed' | 'unreachable' | 'broken' | 'busy' | null; detail: string | null; failedAt: string | null }
export type ChannelSettings =
  | { vendor: 'feishu' | 'lark'; appId: string; tenantKey: string; apiUrl: string | null }
  | { vendor: 'slack'; appId: string; teamId: string; delivery: ChannelDelivery; apiUrl: string | null }
  | { vendor: 'dingtalk'; appKey: string; corpId: string; template: string | null; trustsClicks: boolean; delivery: ChannelDelivery; apiUrl: string | null }
  | { vendor: 'wecom'; corpId: string; agentId: number; apiUrl: string | null }
  | { vendor: 'teams'; language: string };
export interface MessengerChannel {
  id: string; name: string; settings: ChannelSettings; people: 'links' | 'email'; provider: string | null; trustsDirectory: boolean; state: 'enabled' | 'disabled'; restingUntil: string | null; lastError: string | null; connection: ChannelConnection | null; createdAt: string; version: number;
}
export interface ChannelTest { outcome: 'sent' | 'unlinked' | 'failed'; detail: string }
/** Where somebody confirms by RADIUS; nothing if they do not. */
export interface RadiusAssignment { provider: string | null; name: string | null }
/** Since when somebody confirms with their face; nothing if they do not. */
export interface FaceAssignment { enrolledAt: string | null }
export interface FaceComponent { pageUrl: string | null; enabled: boolean; liveness: boolean; keyMadeAt: string | null; people: number; version: number }
export interface SmsTest { taken: boolean; words: string }
export interface ProviderStep { name: string; outcome: string; detail: string; milliseconds: number }
export interface ProviderProfile { subject: string; login: string; name: string | null; email: string | null; groups: string[] }
export interface ProviderTest { steps: ProviderStep[]; profile: ProviderProfile | null; outcome: string }
export interface IdentityLink { user: string; login: string; name: string; subject: string; createdAt: string; lastSignInAt: string | null; boundByUser: boolean }
export interface OwnIdentity {
  provider: string; name: string; kind: string; enabled: boolean; boundByUser: boolean; account: string | null; createdAt: string; lastSignInAt: string | null;
}
export interface OwnIdentities { items: OwnIdentity[]; bindable: { id: string; name: string; kind: string }[] }
export interface ProposedBinding { token: string; provider: string; account: string; login: string; name: string; expiresAt: string }
export interface IdentitySync {
  filter: string | null; intervalMinutes: number | null; createsUsers: boolean; disablesLeavers: boolean; leaverPercent: number; previewedAt: string | null; nextRunAt: string | null; version: number;
}
export interface IdentitySyncNames { count: number; names: string[] }
export interface IdentitySyncReport {
  known: number; created: IdentitySyncNames; linked: IdentitySyncNames; changed: IdentitySyncNames; enabled: IdentitySyncNames; disabled: IdentitySyncNames;
  leavers: IdentitySyncNames; refused: { reason: string; people: IdentitySyncNames }[]; roleChanges: number; groupChanges: number; removals: number; needsConfirmation: boolean;
}
export interface IdentitySyncRun {
  id: string; provider: string; kind: string; state: string; mayDisable: number | null; mayRemove: number | null; askedBy: string | null; entries: number; report: IdentitySyncReport | null; error: string | null;
  createdAt: string; startedAt: string | null; finishedAt: string | null;
}

export interface Provisioning { enabled: boolean; handlesPrivileged: boolean; people: number; groups: number; version: number }
export interface ProvisioningClient { id: string; name: string; createdBy: string; createdAt: string; rotatedAt: string | null; expiresAt: string; previousUntil: string | null; lastUsedAt: string | null }
export interface ProvisioningToken { id: string; name: string; token: string; expiresAt: string }
export interface ProvisioningCall { id: string; client: string; operation: string; subject: string | null; status: number; note: string | null; at: string }

export interface RuleMember { user?: string | null; group?: string | null; role?: string | null; name: string }
export interface SignInHours { days: number[]; from: number; to: number }
export type SignInAction = 'allow' | 'deny' | 'notify' | 'review';
export interface SignInRule {
  id?: string | null; name: string; enabled: boolean; everyone: boolean; who: RuleMember[]; sources: string[]; hours: SignInHours[]; action: SignInAction; asked: RuleMember[];
}
export interface SignInRules { rules: SignInRule[]; version: number }
export interface TriedSignIn { action: SignInAction; rule: string | null; ruleName: string | null; weekday: number; minute: number }
export type SignInEntrance = 'web' | 'cli' | 'ssh';
export type FirstStep = 'password' | 'provider';
export type FactorAction = 'require' | 'skip';
export type FactorLevel = 'off' | 'administrators' | 'all';
export type CountedFactor = Factor | 'provider';
export interface FactorRule {
  name: string; enabled: boolean; everyone: boolean; who: RuleMember[]; entrances: SignInEntrance[]; sources: string[]; after: FirstStep[]; action: FactorAction; factors: CountedFactor[]; always: boolean;
}
export interface FactorRules { level: FactorLevel; rules: FactorRule[]; version: number }
export interface TriedFactors { ask: 'nothing' | 'second-factor' | 'enrol'; ruleName: string | null; level: FactorLevel; factors: Factor[] }
export interface OnlineSession { id: string; user: string; login: string; name: string; createdAt: string; lastSeenAt: string; expiresAt: string; clientAddress: string | null; userAgent: string | null }
export interface LockedAccount { user: string; login: string; name: string; failures: number; lockedUntil: string }
export interface LockedAddress { address: string; failures: number; since: string; lastFailureAt: string; lockedUntil: string }

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

export interface AuditEvent {
  id: string; at: string; action: string; actor: { kind: string; id: string | null; name: string }; target: { kind: string; id: string | null; name: string | null } | null;
  outcome: string; details: Record<string, unknown>; traceId: string; clientAddress: string | null;
}

export interface WebSession { id: string; createdAt: string; lastSeenAt: string; expiresAt: string; clientAddress: string | null; userAgent: string | null; current: boolean }
export interface SignInLink { id: string; user: string; login: string; name: string; landing: string | null; createdBy: string; createdByName: string; through: 'access-key' | 'token' | 'browser'; createdAt: string; expiresAt: string; usedAt: string | null; usedFrom: string | null; revokedAt: string | null }
export interface AccessKey { id: string; name: string; algorithm: string; sources: string[]; createdAt: string; expiresAt: string; enabled: boolean; lastUsedAt: string | null; lastUsedFrom: string | null }
export interface ApiToken { id: string; name: string; createdAt: string; expiresAt: string | null; lastUsedAt: string | null; token?: string }
export interface Passkey { id: string; name: string; model: string; isSynced: boolean; createdAt: string; lastUsedAt: string | null; counterFellAt: string | null }
export interface SshKey { id: string; name: string; algorithm: string; fingerprint: string; createdAt: string; expiresAt?: string | null; lastUsedAt: string | null }

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

export interface Notice { id: string; type: string; title: string; body: string; link: string; isUrgent: boolean; isRead: boolean; createdAt: string }
export interface UnreadNotices { count: number; newest: Notice[] }
export interface ChannelSubscription { channel: string; isWanted: boolean; isStandard: boolean; isFixed: boolean }
export interface TypeSubscription { type: string; channels: ChannelSubscription[] }
export interface NoticeDefaults { types: TypeSubscription[]; chats: string[] }
export interface NoticeSubscriptions { types: TypeSubscription[]; chats: string[]; quiet: { from: string; to: string } | null; timeZone: string | null; digest: string }
export interface NoticeWish { type: string; channel: string; isWanted: boolean }
export interface NoticeTemplate { type: string; channel: string; language: string; title: string; body: string; isOwn: boolean; places: string[] }
export interface NoticePreview { title: string; body: string }
export interface ProviderAnnouncement { id: string; title: string; body: string; tenants: Named[]; isForAdministrators: boolean; startsAt: string; endsAt: string; createdAt: string; version: number }
export interface Announcement { id: string; title: string; body: string; audience: Approver[]; isForAdministrators: boolean; isProviders: boolean; startsAt: string; endsAt: string; createdAt: string; version: number }
