import type { Named } from './common';
import type { Approver } from './tickets';

// What goes out to people and to other systems.

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
export interface ChannelConnection {
  state: 'connected' | 'connecting' | 'waiting'; since: string | null; problem: 'refused' | 'closed' | 'unreachable' | 'broken' | 'busy' | null; detail: string | null; failedAt: string | null;
}
export type ChannelSettings =
  | { vendor: 'feishu' | 'lark'; appId: string; tenantKey: string; delivery: ChannelDelivery; apiUrl: string | null }
  | { vendor: 'slack'; appId: string; teamId: string; delivery: ChannelDelivery; apiUrl: string | null }
  | { vendor: 'dingtalk'; appKey: string; corpId: string; template: string | null; trustsClicks: boolean; delivery: ChannelDelivery; apiUrl: string | null }
  | { vendor: 'wecom'; corpId: string; agentId: number; apiUrl: string | null }
  | { vendor: 'teams'; language: string };
export interface MessengerChannel {
  id: string; name: string; settings: ChannelSettings; people: 'links' | 'email'; provider: string | null; trustsDirectory: boolean; state: 'enabled' | 'disabled'; restingUntil: string | null; lastError: string | null; connection: ChannelConnection | null; createdAt: string; version: number;
}
export interface ChannelTest { outcome: 'sent' | 'unlinked' | 'failed'; detail: string }
export interface SmsTest { taken: boolean; words: string }

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
