package import Access
package import Assets
import Cryptography
package import FoundationEssentials
package import Kernel

/// What is asked for. Approvers may narrow it, never widen it.
package struct TicketAsk: Sendable, Hashable {
    package var assets: [AssetID]
    package var accounts: [AccountName]
    package var protocols: [AccessProtocol]
    package var actions: [AccessAction]
    /// Nil for as soon as it is approved.
    package var startsAt: Date?
    package var duration: Int

    package init(
        assets: [AssetID], accounts: [AccountName], protocols: [AccessProtocol], actions: [AccessAction],
        startsAt: Date?, duration: Int
    ) {
        self.assets = assets
        self.accounts = accounts
        self.protocols = protocols
        self.actions = actions
        self.startsAt = startsAt
        self.duration = duration
    }

    /// SHA-256 over the canonical form of what is asked, by whom and in which ticket: what a decision binds to.
    package func digest(
        of ticket: TicketID, kind: TicketKindName, content: JSON, by requester: UserID, reason: String
    ) -> [UInt8] {
        var document: JSON = [
            "ticket": .string(ticket.text), "requester": .string(requester.text), "reason": .string(reason),
            "assets": .array(assets.map(\.text).sorted().map(JSON.string)),
            "accounts": .array(accounts.map(\.text).sorted().map(JSON.string)),
            "protocols": .array(protocols.map(\.rawValue).sorted().map(JSON.string)),
            "actions": .array(actions.map(\.rawValue).sorted().map(JSON.string)),
            "startsAt": startsAt.map { .string(Timestamp.text($0)) } ?? .null, "duration": .int(Int64(duration)),
        ]
        // What had no kind yet has the digest that its links were made with.
        if kind != .access || content != [:] {
            document = document.merging(["kind": .string(kind.rawValue), "content": content])
        }
        // Kinds take nothing that the canonical form refuses.
        return Hash256.of((try? CanonicalJSON.bytes(document)) ?? document.bytes).bytes
    }
}

/// How an approver makes an ask smaller; what is nil stays.
package struct Narrowing: Sendable, Equatable {
    package var assets: [AssetID]?
    package var accounts: [AccountName]?
    package var actions: [AccessAction]?
    package var duration: Int?
    /// The smaller content, which the kind has looked at.
    package var content: JSON?

    package init(
        assets: [AssetID]? = nil, accounts: [AccountName]? = nil, actions: [AccessAction]? = nil, duration: Int? = nil,
        content: JSON? = nil
    ) {
        self.content = content
        self.assets = assets
        self.accounts = accounts
        self.actions = actions
        self.duration = duration
    }
}

extension TicketAsk {
    /// An ask about nothing: what a kind has its content for.
    package static let nothing = TicketAsk(
        assets: [], accounts: [], protocols: [], actions: [], startsAt: nil, duration: 0)

    /// It was about assets, and they are gone.
    package var hasLostItsAssets: Bool { assets.isEmpty && !accounts.isEmpty }

    /// The smaller ask: `TicketError.wider` if any part of it is not within what was asked, and `TicketError.opensNothing` if
    /// nobody could connect by it, for whatever else can be done is done by connecting.
    package func narrowed(_ narrowing: Narrowing) throws(TicketError) -> TicketAsk {
        var ask = self
        ask.assets = try Self.part(narrowing.assets, of: assets)
        ask.accounts = try Self.part(narrowing.accounts, of: accounts)
        if let some = narrowing.actions, actions.contains(.connect), !some.contains(.connect) { throw .opensNothing }
        ask.actions = try Self.part(narrowing.actions, of: actions)
        if let duration = narrowing.duration {
            guard duration >= 60, duration <= self.duration else { throw .wider }
            ask.duration = duration
        }
        return ask
    }

    private static func part<Element: Hashable>(
        _ narrowed: [Element]?, of asked: [Element]
    ) throws(TicketError) -> [Element] {
        guard let narrowed else { return asked }
        guard !narrowed.isEmpty, Set(narrowed).isSubset(of: asked) else { throw .wider }
        return asked.filter(Set(narrowed).contains)
    }
}
