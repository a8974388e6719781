import Access
import Assets
import Audit
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Logging
import Messaging
import Outbound
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// A tenant in which Rita asks, Ann and Abe may decide the first level and Bob and Ann the second.
struct Desk {
    let stage: Stage
    let tickets: Tickets
    let access: Access
    let messaging: Messaging
    let scope: TenantScope
    let rita: UserID
    let ann: UserID
    let abe: UserID
    let bob: UserID
    let asset: AssetID
    let other: AssetID
    let endpoints: [MountedEndpoint]

    init() async throws {
        let stage = try await Stage { Issue.record("\($0)") }
        self.stage = stage
        let (database, outbox) = (stage.database, Outbox())
        access = Access(database: database, outbox: outbox)
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .guarded(allow: [])),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        messaging = Messaging(
            database: database, keys: stage.keys, client: client, events: EventKinds(items: []),
            questions: .ofFlows)
        tickets = Tickets(
            database: database, access: access, messaging: messaging, outbox: outbox,
            portal: TicketPortal { _ in "https://acme.example" })
        endpoints =
            stage.mount(TicketRoutes.group, on: tickets) + stage.mount(DelegationRoutes.group, on: tickets)
            + stage.mount(FlowRoutes.group, on: tickets)
            + stage.mount(DecisionLinkRoutes.group, on: tickets)
            + stage.mount(WebhookRoutes.group, on: messaging)
        scope = try await stage.makeTenant()
        rita = try await stage.makeUser("rita", in: scope)
        ann = try await stage.makeUser("ann", in: scope)
        abe = try await stage.makeUser("abe", in: scope)
        bob = try await stage.makeUser("bob", in: scope)
        asset = try await stage.makeAsset("web-1", in: scope)
        other = try await stage.makeAsset("web-2", in: scope)
    }

    /// The flow of two levels; the first may ask through a webhook.
    @discardableResult
    func makeFlow(webhook: WebhookID? = nil, unusedAfter: Int? = nil) async throws -> Flow {
        let leads = try await stage.makeGroup("leads", of: [ann, abe], in: scope)
        let security = try await stage.makeRole("security", of: [bob], in: scope)
        return try await tickets.createFlow(
            SaveFlow(
                name: "Standard", isDefault: true, unusedAfter: unusedAfter,
                levels: [
                    FlowLevel(name: "Lead", webhook: webhook, approvers: [.group(leads)]),
                    FlowLevel(name: "Security", webhook: webhook, approvers: [.role(security), .user(ann)]),
                ]),
            at: stage.now, audit: .discarding, in: scope)
    }

    func request(assets: [AssetID]? = nil, accounts: [String] = ["root"], startsAt: Date? = nil) throws -> OpenTicket {
        OpenTicket(
            kind: .access, content: [:], reason: "Disk is full", assets: assets ?? [asset],
            accounts: try accounts.map(AccountName.init),
            protocols: [.ssh], actions: [.connect, .upload], startsAt: startsAt, durationSeconds: 3600)
    }

    func open(assets: [AssetID]? = nil, accounts: [String] = ["root"], startsAt: Date? = nil) async throws -> Ticket {
        try await tickets.open(
            request(assets: assets, accounts: accounts, startsAt: startsAt), by: rita, at: stage.now,
            audit: .discarding, in: scope)
    }

    @discardableResult
    func decide(
        _ ticket: Ticket, by user: UserID, _ outcome: TicketOutcome = .approved, digest: String? = nil,
        assets: [AssetID]? = nil, actions: [AccessAction]? = nil, duration: Int? = nil
    ) async throws -> Ticket {
        try await plainly {
            try await tickets.decide(
                ticket.id,
                DecideTicket(
                    outcome: outcome, comment: "", digest: digest ?? ticket.digest, assets: assets, accounts: nil,
                    actions: actions, durationSeconds: duration, content: nil, passkey: nil),
                by: user, through: .portal, at: stage.now, audit: .discarding, in: scope)
        }
    }

    /// The refusal without what it tells besides.
    private func plainly(_ work: () async throws -> Ticket) async throws -> Ticket {
        do { return try await work() } catch let stale as StaleAnswer { throw stale.error }
    }

    func read(_ ticket: Ticket) async throws -> Ticket {
        try await tickets.find(ticket.id, for: rita, readable: scope, at: stage.now, in: scope)
    }

    func mayConnect(_ user: UserID, _ asset: AssetID? = nil, as account: String = "root") async throws -> Decision {
        try await access.decide(
            AccessQuestion(
                user: user, asset: asset ?? self.asset, account: AccountName(parsing: account), protocol: .ssh,
                action: .connect, at: stage.now),
            in: scope)
    }
}

extension PeopleReference {
    static func user(_ id: UserID) -> PeopleReference { PeopleReference(.user(id)) }
    static func group(_ id: GroupID) -> PeopleReference { PeopleReference(.group(id)) }
    static func role(_ id: RoleID) -> PeopleReference { PeopleReference(.role(id)) }
}

extension AccountName {
    init(_ text: String) throws { try self.init(parsing: text) }
}
