package import Access
package import Assets
package import FoundationEssentials
package import Kernel

/// The body that asks for something.
package struct OpenTicket: WireValue {
    package let kind: TicketKindName
    package let content: JSON
    package let reason: String
    package let assets: [AssetID]
    package let accounts: [AccountName]
    package let protocols: [AccessProtocol]
    package let actions: [AccessAction]
    package let startsAt: Date?
    package let durationSeconds: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("kind", \.kind, TicketKindName.schema.otherwise(.access), note: "access if absent.")
        Field("content", \.content, Schema<JSON>.anything.otherwise([:]), note: "What the kind has besides.")
        Field("reason", \.reason, Schema<String>.text(1...500).notBlank, note: "Shown to the approvers.")
        Field("assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 0...50).otherwise([]))
        Field("accounts", \.accounts, Schema<[AccountName]>.array(of: AccountName.schema, 0...20).otherwise([]))
        Field(
            "protocols", \.protocols,
            Schema<[AccessProtocol]>.array(of: AccessProtocol.schema, 1...20).otherwise([.ssh]))
        Field("actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 1...20).otherwise([.connect]))
        Field("startsAt", \.startsAt, Date.schema, note: "Absent for as soon as it is approved.")
        Field(
            "durationSeconds", \.durationSeconds, Schema<Int>.int(60...2_592_000).otherwise(604_800),
            note: "One minute to thirty days; seven days if absent.")
    }
}

/// The body that answers a request.
package struct DecideTicket: WireValue {
    package let outcome: TicketOutcome
    package let comment: String
    package let digest: String
    package let assets: [AssetID]?
    package let accounts: [AccountName]?
    package let actions: [AccessAction]?
    package let durationSeconds: Int?
    package let content: JSON?
    package let passkey: JSON?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("outcome", \.outcome)
        Field("comment", \.comment, Schema<String>.lines(0...2000).otherwise(""))
        Field(
            "digest", \.digest,
            .digest, note: "The digest of the request as it was read.")
        Field("assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 1...50), note: "Absent keeps them all.")
        Field("accounts", \.accounts, Schema<[AccountName]>.array(of: AccountName.schema, 1...20))
        Field("actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 1...20))
        Field("durationSeconds", \.durationSeconds, .int(60...2_592_000))
        Field("content", \.content, Schema<JSON>.anything, note: "Less of what the kind has, where it can be less.")
        Field(
            "passkey", \.passkey, Schema<JSON>.anything,
            note: "What a passkey answered to a decision challenge, where the level needs one.")
    }

    var narrowing: Narrowing {
        Narrowing(
            assets: assets, accounts: accounts, actions: actions, duration: durationSeconds, content: content)
    }
}

/// The body of a remark.
package struct CommentTicket: WireValue {
    package let text: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("text", \.text, Schema<String>.lines(1...2000).notBlank)
    }
}

extension Schema where Value == String {
    /// Text with something in it besides white space.
    var notBlank: Schema<String> {
        map(
            { text throws(Invalid) in
                guard text.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
                    throw Invalid("must not be blank")
                }
                return text
            }, { $0 })
    }
}

extension Schema where Value == String {
    /// The digest of a request in hexadecimal.
    static var digest: Schema<String> {
        .string(64...64, pattern: "^[0-9a-f]{64}$", "must be the digest of the request") {
            $0.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
        }
    }
}
