import type { Label, Named } from './common';
import type { SignInHours } from './sign-in';

// Requests, and the flows by which they are decided.

/** Which answers of a level are given with a comment only. */
export type CommentNeed = 'never' | 'approved' | 'rejected' | 'always';
export type FlowRelation = 'asset-owner' | 'node-owner' | 'manager';
export interface Approver { user?: string | null; group?: string | null; role?: string | null; relation?: FlowRelation | null; name: string }
export interface FlowLevel {
  name: string; webhook?: string | null; approvers: Approver[]; quorum: number; deadlineSeconds: number; reminderSeconds: number | null; lapse: 'expired' | 'rejected';
  escalation: { afterSeconds: number; approvers: Approver[] } | null; needsPasskey: boolean; needsComment: CommentNeed;
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
  level: number; name: string; quorum: number; needsPasskey: boolean; needsComment: CommentNeed; openedAt: string | null; deadline: string | null; passedAt: string | null; remindedAt: string | null; escalatedAt: string | null;
  lapse: string; seats: TicketSeat[];
}
export interface PreviewedLevel {
  name: string; quorum: number; seats: { user: Named; reason: string; detail: string }[]; deadlineSeconds: number; latest: string; reminderSeconds: number | null; lapse: string;
  escalatesAfterSeconds: number | null; escalation: { user: Named; reason: string; detail: string }[]; needsPasskey: boolean; needsComment: CommentNeed;
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
export interface TicketTurn { level: number; onBehalfOf: Named | null; needsPasskey: boolean; needsComment: CommentNeed }
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
  at: string; level: number | null; name: string; person: Named | null; onBehalfOf: Named | null; people: Named[]; channel: string | null; hasProof: boolean; text: string; changes: TicketChange[];
  kind: 'opened' | 'level-opened' | 'reminded' | 'escalated' | 'approved' | 'rejected' | 'reassigned' | 'copied' | 'commented' | 'level-passed' | 'ended';
}
export interface TicketComments { items: Comment[]; events: TimelineEvent[] }
