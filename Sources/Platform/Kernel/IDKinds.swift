/// The kinds of things that have ids, one line each: the prefix is what people see in URLs and logs.

/// A customer company.
package enum TenantKind: IDKind { package static let prefix = "ten" }
package typealias TenantID = ID<TenantKind>

/// A part of a tenant.
package enum OrganizationKind: IDKind { package static let prefix = "org" }
package typealias OrganizationID = ID<OrganizationKind>

/// A person of one tenant.
package enum UserKind: IDKind { package static let prefix = "usr" }
package typealias UserID = ID<UserKind>

/// A set of users.
package enum GroupKind: IDKind { package static let prefix = "grp" }
package typealias GroupID = ID<GroupKind>

/// A named set of permissions.
package enum RoleKind: IDKind { package static let prefix = "rol" }
package typealias RoleID = ID<RoleKind>

/// A directory or service at which people prove who they are.
package enum IdentityProviderKind: IDKind { package static let prefix = "idp" }
package typealias IdentityProviderID = ID<IdentityProviderKind>

/// A service that delivers text messages.
package enum SMSGatewayKind: IDKind { package static let prefix = "smg" }
package typealias SMSGatewayID = ID<SMSGatewayKind>

/// Somebody who is to show their face.
package enum FaceCheckKind: IDKind { package static let prefix = "fch" }
package typealias FaceCheckID = ID<FaceCheckKind>

/// A run of the synchronization with an identity provider.
package enum IdentitySyncRunKind: IDKind { package static let prefix = "syn" }
package typealias IdentitySyncRunID = ID<IdentitySyncRunKind>

/// A program that provisions the people of an identity provider.
package enum ProvisioningClientKind: IDKind { package static let prefix = "pvc" }
package typealias ProvisioningClientID = ID<ProvisioningClientKind>

/// A group as such a program knows it.
package enum ProvisionedGroupKind: IDKind { package static let prefix = "pvg" }
package typealias ProvisionedGroupID = ID<ProvisionedGroupKind>

/// Something that such a program has asked for.
package enum ProvisioningCallKind: IDKind { package static let prefix = "pvl" }
package typealias ProvisioningCallID = ID<ProvisioningCallKind>

/// A signed-in browser.
package enum WebSessionKind: IDKind { package static let prefix = "wse" }
package typealias WebSessionID = ID<WebSessionKind>

/// A sign-in that waits for its next step.
package enum SignInKind: IDKind { package static let prefix = "sgn" }
package typealias SignInID = ID<SignInKind>

/// What a provider is told about somebody who signs out there too.
package enum SignOutHintKind: IDKind { package static let prefix = "soh" }
package typealias SignOutHintID = ID<SignOutHintKind>

/// A link by which a person comes to a sign-in, once.
package enum SignInLinkKind: IDKind { package static let prefix = "sil" }
package typealias SignInLinkID = ID<SignInLinkKind>

/// Says who may sign in from where and when.
package enum SignInRuleKind: IDKind { package static let prefix = "sir" }
package typealias SignInRuleID = ID<SignInRuleKind>

/// A bearer token.
package enum APITokenKind: IDKind { package static let prefix = "tok" }
package typealias APITokenID = ID<APITokenKind>

/// A key with which a program signs its requests.
package enum AccessKeyKind: IDKind { package static let prefix = "ack" }
package typealias AccessKeyID = ID<AccessKeyKind>

/// A user's SSH public key.
package enum SSHKeyKind: IDKind { package static let prefix = "key" }
package typealias SSHKeyID = ID<SSHKeyKind>

/// An authority for whose passkeys a company takes the word.
package enum PasskeyRootKind: IDKind { package static let prefix = "pkr" }
package typealias PasskeyRootID = ID<PasskeyRootKind>

/// A passkey of a person.
package enum PasskeyKind: IDKind { package static let prefix = "psk" }
package typealias PasskeyID = ID<PasskeyKind>

/// A question to which a passkey is the answer.
package enum PasskeyChallengeKind: IDKind { package static let prefix = "pch" }
package typealias PasskeyChallengeID = ID<PasskeyChallengeKind>

/// A one-time replacement for a second factor.
package enum RecoveryCodeKind: IDKind { package static let prefix = "rec" }
package typealias RecoveryCodeID = ID<RecoveryCodeKind>

/// A server, database or desktop.
package enum AssetKind: IDKind { package static let prefix = "ast" }
package typealias AssetID = ID<AssetKind>

/// A folder of the asset tree.
package enum NodeKind: IDKind { package static let prefix = "nod" }
package typealias NodeID = ID<NodeKind>

/// An object store for a tenant's recordings.
package enum RecordingStoreKind: IDKind { package static let prefix = "rst" }
package typealias RecordingStoreID = ID<RecordingStoreKind>

/// A pinned host key.
package enum HostKeyKind: IDKind { package static let prefix = "hky" }
package typealias HostKeyID = ID<HostKeyKind>

/// A login on an asset.
package enum AccountKind: IDKind { package static let prefix = "acc" }
package typealias AccountID = ID<AccountKind>

/// A sealed secret.
package enum SecretKind: IDKind { package static let prefix = "sec" }
package typealias SecretID = ID<SecretKind>

/// A secret that somebody was given for a while.
package enum CheckOutKind: IDKind { package static let prefix = "cko" }
package typealias CheckOutID = ID<CheckOutKind>

/// Who may use what, as whom, how and when.
package enum GrantKind: IDKind { package static let prefix = "grt" }
package typealias GrantID = ID<GrantKind>

/// A request.
package enum TicketKind: IDKind { package static let prefix = "tkt" }
package typealias TicketID = ID<TicketKind>

/// An answer to a request.
package enum DecisionKind: IDKind { package static let prefix = "dec" }
package typealias DecisionID = ID<DecisionKind>

/// Somebody who answers requests in another person's seat.
package enum DelegationKind: IDKind { package static let prefix = "dlg" }
package typealias DelegationID = ID<DelegationKind>

/// A remark on a request.
package enum CommentKind: IDKind { package static let prefix = "cmt" }
package typealias CommentID = ID<CommentKind>

/// How requests are decided.
package enum FlowKind: IDKind { package static let prefix = "flw" }
package typealias FlowID = ID<FlowKind>

/// An endpoint that receives events.
package enum WebhookKind: IDKind { package static let prefix = "whk" }
package typealias WebhookID = ID<WebhookKind>

/// One event on its way to one webhook.
package enum DeliveryKind: IDKind { package static let prefix = "dlv" }
package typealias DeliveryID = ID<DeliveryKind>

/// An app or a robot at a messenger, by which approvers are asked.
package enum MessengerChannelKind: IDKind { package static let prefix = "mch" }
package typealias MessengerChannelID = ID<MessengerChannelKind>

/// A card about one request in front of one approver.
package enum MessengerCardKind: IDKind { package static let prefix = "mcd" }
package typealias MessengerCardID = ID<MessengerCardKind>

/// Something that happened.
package enum EventKind: IDKind { package static let prefix = "evt" }
package typealias EventID = ID<EventKind>

/// A line of the audit trail.
package enum AuditEventKind: IDKind { package static let prefix = "aud" }
package typealias AuditEventID = ID<AuditEventKind>

/// Work to be done later.
package enum JobKind: IDKind { package static let prefix = "job" }
package typealias JobID = ID<JobKind>

/// A gateway worker.
package enum WorkerKind: IDKind { package static let prefix = "wrk" }
package typealias WorkerID = ID<WorkerKind>

/// A key of the installation itself.
package enum InstallationKeyKind: IDKind { package static let prefix = "iky" }
package typealias InstallationKeyID = ID<InstallationKeyKind>

/// A one-time token for a worker.
package enum EnrolmentKind: IDKind { package static let prefix = "enr" }
package typealias EnrolmentID = ID<EnrolmentKind>

/// A person in front of a gateway.
package enum AdmissionKind: IDKind { package static let prefix = "adm" }
package typealias AdmissionID = ID<AdmissionKind>

/// A connection to an asset.
package enum SessionKind: IDKind { package static let prefix = "ses" }
package typealias SessionID = ID<SessionKind>

/// What happened in a session.
package enum RecordingKind: IDKind { package static let prefix = "rcd" }
package typealias RecordingID = ID<RecordingKind>

/// A command line in a session.
package enum CommandKind: IDKind { package static let prefix = "cmd" }
package typealias CommandID = ID<CommandKind>

/// Something to be billed.
package enum UsageEventKind: IDKind { package static let prefix = "use" }
package typealias UsageEventID = ID<UsageEventKind>

/// A person of the hosting provider.
package enum ProviderOperatorKind: IDKind { package static let prefix = "opr" }
package typealias ProviderOperatorID = ID<ProviderOperatorKind>

/// A browser in which such a person is signed in.
package enum ProviderSessionKind: IDKind { package static let prefix = "pse" }
package typealias ProviderSessionID = ID<ProviderSessionKind>

/// A wish of the provider's support to be let in, and what became of it.
package enum SupportAccessKind: IDKind { package static let prefix = "sup" }
package typealias SupportAccessID = ID<SupportAccessKind>

/// A browser in which somebody of the provider is inside of a tenant.
package enum SupportSessionKind: IDKind { package static let prefix = "sse" }
package typealias SupportSessionID = ID<SupportSessionKind>

/// A tenant's wrapping key.
package enum TenantKeyKind: IDKind { package static let prefix = "tky" }
package typealias TenantKeyID = ID<TenantKeyKind>

/// A tenant's key for evidence or redaction.
package enum SigningKeyKind: IDKind { package static let prefix = "sky" }
package typealias SigningKeyID = ID<SigningKeyKind>

/// What the provider sells.
package enum PlanKind: IDKind { package static let prefix = "pln" }
package typealias PlanID = ID<PlanKind>

/// What a tenant was billed for a month.
package enum InvoiceKind: IDKind { package static let prefix = "inv" }
package typealias InvoiceID = ID<InvoiceKind>

/// The erasing of a tenant.
package enum ErasureKind: IDKind { package static let prefix = "era" }
package typealias ErasureID = ID<ErasureKind>

/// A mail to one recipient.
package enum MailKind: IDKind { package static let prefix = "mal" }
package typealias MailID = ID<MailKind>

/// A company that signs itself up.
package enum SignUpKind: IDKind { package static let prefix = "sup" }
package typealias SignUpID = ID<SignUpKind>

/// What the portal has to tell one person.
package enum SiteMessageKind: IDKind { package static let prefix = "msg" }
package typealias SiteMessageID = ID<SiteMessageKind>

/// What administrators tell many people for a while.
package enum AnnouncementKind: IDKind { package static let prefix = "ann" }
package typealias AnnouncementID = ID<AnnouncementKind>

/// What the hosting provider tells the people of its tenants for a while.
package enum ProviderAnnouncementKind: IDKind { package static let prefix = "pan" }
package typealias ProviderAnnouncementID = ID<ProviderAnnouncementKind>
