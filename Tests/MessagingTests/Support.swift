import Audit
import Cryptography
import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Postgres
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Messaging
@testable import Outbound

/// A tenant that sends webhooks.
struct Post {
    let stage: Stage
    let messaging: Messaging
    let client: HTTPClient
    let scope: TenantScope
    let admin: UserID
    let endpoints: [MountedEndpoint]
    /// Receivers end with the last who holds them.
    private let receivers = Kept()

    static let kinds = EventKinds(
        items: [
            EventKind("ticket.opened", ["number", "reason", "link"]), EventKind("ticket.approved", ["number"]),
            EventKind("grant.revoked", ["reason"]), EventKind("user.disabled"),
        ])

    /// Without `egress`, receivers have to be opened by an administrator.
    init(
        egress: EgressPolicy = .guarded(allow: []), names: @escaping @Sendable () -> [String] = { [] }
    ) async throws {
        stage = try await Stage { Issue.record("\($0)") }
        var configuration = HTTPClientConfiguration(egress: egress)
        configuration.resolved = names
        client = HTTPClient(
            configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        messaging = Messaging(
            database: stage.database, keys: stage.keys, client: client, events: Self.kinds, questions: .nobody)
        endpoints = stage.mount(WebhookRoutes.group, on: messaging)
        scope = try await stage.makeTenant()
        admin = try await stage.makeUser("admin", in: scope)
    }

    func call(
        _ name: String, _ path: [String] = [], _ body: JSON? = nil, version: Int? = nil, in other: TenantScope? = nil
    ) async throws -> Answer {
        try await stage.call(endpoints, name, path, body: body, by: admin, version: version, in: other ?? scope)
    }

    /// A webhook, and its secret.
    func hook(
        _ name: String = "hook", _ url: String = "https://hooks.example/in", types: [String] = ["*"]
    ) async throws -> (id: WebhookID, secret: String) {
        let answer = try await call(
            "webhooks.create", [],
            ["name": .string(name), "url": .string(url), "eventTypes": .array(types.map(JSON.string))])
        #expect(answer.status == 201)
        let id = try #require(answer.json["webhook"]?["id"]?.text.flatMap(WebhookID.init))
        return (id, answer["secret"])
    }

    /// A webhook whose receiver runs and may be reached.
    func receiver(
        _ statuses: String = "204", location: String? = nil, isOpened: Bool = true
    ) async throws -> (WebhookID, Receiver) {
        let (id, secret) = try await hook()
        let receiver = try await Receiver(secret: secret, statuses: statuses, location: location)
        receivers.all.withLock { $0.append(receiver) }
        try await point(id, at: "http://127.0.0.1:\(receiver.port)/in?a=b")
        if isOpened { try await allow([("127.0.0.1", receiver.port)]) }
        return (id, receiver)
    }

    func point(_ id: WebhookID, at url: String) async throws {
        let version = try await messaging.find(id, in: scope).version
        #expect(try await call("webhooks.change", [id.text], ["url": .string(url)], version: version).status == 200)
    }

    func allow(_ hosts: [(String, Int)]) async throws {
        let items = hosts.map { host, port -> JSON in ["host": .string(host), "port": .int(Int64(port))] }
        #expect(try await call("webhooks.allow", [], ["items": .array(items)]).status == 200)
    }

    /// Sends a message and returns its delivery.
    @discardableResult
    func send(
        _ data: JSON = ["number": 1], secret: JSON? = nil, type: String = "ticket.opened", to webhook: WebhookID
    ) async throws -> DeliveryID {
        let desk = try await messaging.desk(in: scope)
        let message = OutgoingMessage(
            id: .new(at: stage.now), type: type, subject: "tkt_1", data: data, privateData: secret)
        try await stage.database.transaction(in: scope) { transaction in
            try await desk.send(message, to: webhook, at: stage.now, transaction)
        }
        return try #require(
            try await stage.database.first(
                "select delivery_id from webhook_deliveries where event_id = \(message.id)", in: scope
            ) { try $0.next() })
    }

    func attempt(_ id: DeliveryID) async throws {
        try await attempt([id])
    }

    /// Attempts at all of them at once, due or not.
    func attempt(_ ids: [DeliveryID], in other: TenantScope? = nil) async throws {
        await messaging.deliver(ids, in: other ?? scope, clock: { stage.now }) { id, error in
            if let error { Issue.record("\(id): \(error)") }
        }
    }

    /// Sends something and attempts at it once.
    @discardableResult
    func attempted(to webhook: WebhookID) async throws -> DeliveryID {
        let id = try await send(to: webhook)
        try await attempt(id)
        return id
    }

    func bury(_ ids: Set<DeliveryID>) async throws {
        try await stage.database.transaction(in: scope) { transaction in
            try await messaging.deliveries.bury(
                Array(ids), because: "test", at: stage.now, in: scope, transaction)
        }
    }

    /// What a pump would take now.
    func due(_ pace: FairPace = .quick, limit: Int = 100) async throws -> [DeliveryID] {
        // What is claimed is given back, so that looking changes nothing.
        var play = play
        return try await play.claim(
            limit, ofTenant: limit, ofLine: limit, pace, lease: .zero, at: stage.now
        ).map(\.id)
    }

    /// A pump that has nothing at hand.
    var play: FairPlay<DeliveryWork> { FairPlay(DeliveryWork(messaging: messaging), on: stage.database) }

    func delivery(_ id: DeliveryID) async throws -> Delivery {
        let page = try PageRequest.parse("createdAt pr", Delivery.listing)
        return try #require(try await messaging.deliveries(page, in: scope).rows.first { $0.id == id })
    }
}

extension WebhookQuestions {
    /// Nobody is asked through a webhook.
    static let nobody = WebhookQuestions(
        permission: Permission("flows.manage"), areAsked: { _, _, _ in false }, void: { _, _, _, _ in })
}

private final class Kept: Sendable {
    let all = Mutex<[Receiver]>([])
}

/// A receiver in another language, which checks signatures by its own means.
struct Receiver {
    let port: Int
    private let process: ChildProcess

    init(secret: String, statuses: String, location: String?) async throws {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        process = try ChildProcess(
            [python, Repository.path("Tests/MessagingTests/receiver.py"), secret, statuses]
                + (location.map { [$0] } ?? []))
        port = try await process.port()
    }

    /// What came, the first one first.
    var requests: [JSON] {
        process.output.split(separator: "\n").dropFirst().compactMap { try? JSONParser.parse(Array($0.utf8)) }
    }
}
