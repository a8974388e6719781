package import Access
package import Assets
import HTTPAPI
package import Kernel

/// A request that is half filled in.
package enum RequestTemplateKind: IDKind { package static let prefix = "rqt" }
package typealias RequestTemplateID = ID<RequestTemplateKind>

/// A request that is half filled in, as those see it who look after it.
package struct RequestTemplate: Versioned, WireValue, Sendable {
    package var id: RequestTemplateID
    package var organization: OrganizationID
    package var organizationName: String
    package var body: SaveRequestTemplate
    /// The names of what it is about and whom it is for, as far as whoever reads this may know them.
    package var assets: [TicketAsset]
    package var nodes: [TemplateThing]
    package var groups: [TemplateThing]
    package var version: Int

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("organization", \.organization)
        Field("organizationName", \.organizationName, .text(0...200))
        Field("template", \.body)
        Field("assets", \.assets, count: 0...50)
        Field("nodes", \.nodes, count: 0...20)
        Field("groups", \.groups, count: 0...50)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// A node or a group by name; the name is empty if it is gone, or lies out of sight.
package struct TemplateThing: WireValue, Sendable, Hashable {
    package let id: String
    package let name: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id, .text(1...40))
        Field("name", \.name, .text(0...200))
    }
}

/// All templates in the scope.
package struct RequestTemplates: WireValue, Sendable {
    package let items: [RequestTemplate]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...RequestTemplate.most)
    }
}

/// The body that adds or replaces a template.
package struct SaveRequestTemplate: WireValue, Sendable {
    package var organization: OrganizationID?
    package var name: String
    package var note: String
    package var isEnabled: Bool
    package var kind: TicketKindName
    package var content: JSON
    package var assets: [AssetID]
    package var nodes: [NodeID]
    package var labels: [AssetLabel]
    package var accounts: [AccountName]
    package var actions: [AccessAction]
    package var durationSeconds: Int
    package var reason: String
    package var groups: [GroupID]

    package static let schema: Schema<Self> = .record({
        (
            organization: OrganizationID?, name: String, note: String, isEnabled: Bool, kind: TicketKindName,
            content: JSON, assets: [AssetID], nodes: [NodeID], labels: [AssetLabel], accounts: [AccountName],
            actions: [AccessAction], durationSeconds: Int, reason: String, groups: [GroupID]
        ) throws(Invalid) in
        guard RequestTemplate.kinds.contains(kind) else {
            throw Invalid("must be access, general or role", field: "kind")
        }
        guard case .object = content, content.bytes.count <= 4096 else {
            throw Invalid("must be an object of at most 4 KiB", field: "content")
        }
        guard kind == .access || (assets.isEmpty && nodes.isEmpty && labels.isEmpty && accounts.isEmpty) else {
            throw Invalid("must be empty unless access is asked for", field: "assets")
        }
        return SaveRequestTemplate(
            organization: organization, name: name, note: note, isEnabled: isEnabled, kind: kind, content: content,
            assets: assets, nodes: nodes, labels: labels, accounts: accounts, actions: actions,
            durationSeconds: durationSeconds, reason: reason, groups: groups)
    }) {
        Field(
            "organization", \.organization, OrganizationID.schema,
            note: "Where it is offered; absent for the organization one looks at, or the tenant. It stays there.")
        Field("name", \.name, Schema<String>.text(1...100).notBlank)
        Field("note", \.note, Schema<String>.text(0...300).otherwise(""), note: "When to take it.")
        Field("enabled", \.isEnabled, Bool.schema.otherwise(true))
        Field("kind", \.kind, TicketKindName.schema.otherwise(.access), note: "access, general or role.")
        Field("content", \.content, Schema<JSON>.anything.otherwise([:]), note: "What the kind has besides.")
        Field("assets", \.assets, Schema<[AssetID]>.array(of: AssetID.schema, 0...50).otherwise([]))
        Field(
            "nodes", \.nodes, Schema<[NodeID]>.array(of: NodeID.schema, 0...20).otherwise([]),
            note: "What lies there, or below, when the template is taken.")
        Field(
            "labels", \.labels, Schema<[AssetLabel]>.array(of: AssetLabel.schema, 0...20).otherwise([]),
            note: "Of what lies there, or of everything, that which has all of them.")
        Field("accounts", \.accounts, Schema<[AccountName]>.array(of: AccountName.schema, 0...20).otherwise([]))
        Field(
            "actions", \.actions, Schema<[AccessAction]>.array(of: AccessAction.schema, 0...20).otherwise([.connect]))
        Field("durationSeconds", \.durationSeconds, Schema<Int>.int(60...2_592_000).otherwise(3_600))
        Field(
            "reason", \.reason, Schema<String>.text(0...500).otherwise(""),
            note: "The beginning of it, to be filled in.")
        Field(
            "groups", \.groups, Schema<[GroupID]>.array(of: GroupID.schema, 0...50).otherwise([]),
            note: "To whom it is offered; empty for everybody.")
    }
}

extension RequestTemplate {
    /// How many of them are looked at, and how many whoever looks after them may have.
    static let most = 500
    /// How many a person may have of their own.
    static let mostOwn = 50
    static let kinds: Set<TicketKindName> = [.access, .general, RoleKind.kind]
}

/// A template as it is offered: to whom else, and by which nodes and labels, is not told.
package struct OfferedTemplate: WireValue, Sendable {
    package var id: RequestTemplateID
    package var name: String
    package var note: String
    package var isOwn: Bool
    package var kind: TicketKindName
    package var content: JSON
    /// Those that it names; when it is taken, also those that it finds.
    package var assets: [TicketAsset]
    /// It finds more when it is taken.
    package var findsMore: Bool
    package var accounts: [AccountName]
    package var actions: [AccessAction]
    package var durationSeconds: Int
    package var reason: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("note", \.note, .text(0...300))
        Field("isOwn", \.isOwn)
        Field("kind", \.kind)
        Field("content", \.content, .anything)
        Field("assets", \.assets, count: 0...50)
        Field("findsMore", \.findsMore, note: "There are more assets than those: by nodes and labels, or past fifty.")
        Field("accounts", \.accounts, count: 0...20)
        Field("actions", \.actions, count: 0...20)
        Field("durationSeconds", \.durationSeconds, .int(60...2_592_000))
        Field("reason", \.reason, .text(0...500))
    }
}

/// What is offered to a person, their own first.
package struct OfferedTemplates: WireValue, Sendable {
    package let items: [OfferedTemplate]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...RequestTemplate.most)
    }
}
