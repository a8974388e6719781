import FoundationEssentials
import HTTPAPI
import Kernel

/// A person as a provider's program knows them, beside what they are here.
struct ProvisionedUser: Sendable {
    /// How many people a provider can have disabled, those whom it has taken away since among them.
    static let mostLeavers = 100_000

    let id: UserID
    let login: String
    let name: String
    let email: String?
    let state: User.State
    let expiresAt: Date?
    let userName: String
    let externalId: String?
    let profile: JSON
    let leftAt: Date?
    let createdAt: Date
    let changedAt: Date
    /// Of what the program said, and of the person here: both change what is shown.
    let versions: (said: Int, user: Int)

    var tag: String { "W/\"\(versions.said).\(versions.user)\"" }

    /// What the program said last.
    var record: SCIMRecord {
        var values: [String: JSON] = [:]
        if case .object(let members) = profile { for member in members { values[member.name] = member.value } }
        if let externalId { values["externalId"] = .string(externalId) }
        values["active"] = .bool(state == .active)
        return SCIMRecord(.user, values: values)
    }

    func location(_ base: String) -> String { "\(base)/Users/\(id.text)" }

    /// As it is shown, with the groups that are known.
    func document(_ base: String, groups: [JSON]) -> JSON {
        let record = record
        var members: [JSON.Member] = [
            .init("schemas", [.string(SCIMKind.user.urn)]), .init("id", .string(id.text)),
        ]
        for attribute in SCIMKind.common + SCIMKind.user.attributes where attribute.mutability != .readOnly {
            if let value = record[attribute.name] { members.append(.init(attribute.name, value)) }
        }
        if let more = SCIMKind.user.more {
            let parts = more.attributes.compactMap { one in record[one.name].map { JSON.Member(one.name, $0) } }
            if !parts.isEmpty {
                members[0] = .init("schemas", [.string(SCIMKind.user.urn), .string(more.urn)])
                members.append(.init(more.urn, .object(parts)))
            }
        }
        if !groups.isEmpty { members.append(.init("groups", .array(groups))) }
        members.append(
            .init(
                "meta",
                [
                    "resourceType": "User", "created": .string(Timestamp.text(createdAt)),
                    "lastModified": .string(Timestamp.text(changedAt)), "location": .string(location(base)),
                    "version": .string(tag),
                ]))
        return .object(members)
    }
}

/// What a program says of a person, read once: names and addresses that can be used here.
struct ProvisionedPerson: Sendable, Equatable {
    /// What the person is called there. It is a login here when the person is new, and never again.
    let userName: Login
    let name: PersonName
    let email: EmailAddress?
    let externalId: String?
    let isActive: Bool
    /// To whom they report: an id, a user name or an external id.
    let manager: String?
    /// Everything else, as it is shown again.
    let profile: JSON
    /// The domains of the user name and of all addresses.
    let domains: [String]

    init(_ record: SCIMRecord, isActive: Bool) throws(SCIMFault) {
        guard let text = record.text("userName") else { throw .invalid(.invalidValue, "userName is missing") }
        guard let login = Login(text) else {
            throw .invalid(
                .invalidValue,
                "userName must be letters, digits, dots, dashes, underscores or @, at most 64 of them")
        }
        userName = login
        name = try Self.name(record, text)
        let addresses = try Self.addresses(record)
        email = addresses.first { $0.isPrimary }?.address ?? addresses.first?.address
        externalId = record.text("externalId")
        self.isActive = record["active"].map { $0 == true } ?? isActive
        manager = record["manager"]?["value"]?.text
        profile = .object(
            (SCIMKind.user.attributes + (SCIMKind.user.more?.attributes ?? [])).compactMap { attribute in
                guard attribute.name != "active", attribute.mutability != .readOnly else { return nil }
                return record[attribute.name].map { JSON.Member(attribute.name, $0) }
            })
        domains = Array(Set(([login.text] + addresses.map(\.address.text)).compactMap(Self.domain))).sorted()
    }

    private static func name(_ record: SCIMRecord, _ userName: String) throws(SCIMFault) -> PersonName {
        let name = record["name"]
        let parts = ["givenName", "middleName", "familyName"].compactMap { name?[$0]?.text }
        let candidates: [String?] = [
            record.text("displayName"), name?["formatted"]?.text, parts.joined(separator: " "), userName,
        ]
        for candidate in candidates {
            guard let line = candidate.flatMap(AdmitSubject.line), let name = try? PersonName(parsing: line) else {
                continue
            }
            return name
        }
        throw .invalid(.invalidValue, "there is no name")
    }

    private static func addresses(_ record: SCIMRecord) throws(SCIMFault) -> [(address: EmailAddress, isPrimary: Bool)]
    {
        guard case .array(let items)? = record["emails"] else { return [] }
        var addresses: [(EmailAddress, Bool)] = []
        for item in items {
            guard let text = item["value"]?.text else { continue }
            guard let address = EmailAddress(text) else {
                throw .invalid(.invalidValue, "emails has what is no mail address")
            }
            addresses.append((address, item["primary"] == true))
        }
        return addresses
    }

    private static func domain(_ text: String) -> String? {
        text.lastIndex(of: "@").map { text[text.index(after: $0)...].lowercased() }
    }
}
