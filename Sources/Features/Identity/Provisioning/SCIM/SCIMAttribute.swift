import Kernel

/// What a resource can have (RFC 7643, 7), as it is published and as requests are read by.
struct SCIMAttribute: Sendable, Equatable {
    enum Kind: String, Sendable { case string, boolean, dateTime, reference, complex }
    enum Mutability: String, Sendable { case readWrite, readOnly, immutable }

    let name: String
    let kind: Kind
    var isMany = false
    var isRequired = false
    var isCaseExact = false
    var mutability = Mutability.readWrite
    var isUnique = false
    /// How many characters a text may have.
    var longest = 200
    var referenceTypes: [String] = []
    var parts: [SCIMAttribute] = []
    var note: String

    init(
        _ name: String, _ kind: Kind = .string, many: Bool = false, required: Bool = false, caseExact: Bool = false,
        mutability: Mutability = .readWrite, unique: Bool = false, longest: Int = 200,
        referenceTypes: [String] = [], note: String, parts: [SCIMAttribute] = []
    ) {
        self.name = name
        self.kind = kind
        isMany = many
        isRequired = required
        isCaseExact = caseExact
        self.mutability = mutability
        isUnique = unique
        self.longest = longest
        self.referenceTypes = referenceTypes
        self.parts = parts
        self.note = note
    }

    /// Names are read without regard to case (RFC 7643, 2.1).
    func part(_ name: String) -> SCIMAttribute? { parts.first { $0.name.lowercased() == name.lowercased() } }

    /// As `/Schemas` shows it.
    var document: JSON {
        var members: [JSON.Member] = [
            .init("name", .string(name)), .init("type", .string(kind.rawValue)), .init("multiValued", .bool(isMany)),
            .init("description", .string(note)), .init("required", .bool(isRequired)),
        ]
        if kind == .complex {
            members.append(.init("subAttributes", .array(parts.map(\.document))))
        } else {
            members.append(.init("caseExact", .bool(isCaseExact)))
        }
        if kind == .reference {
            members.append(.init("referenceTypes", .array(referenceTypes.map(JSON.string))))
        }
        members += [
            .init("mutability", .string(mutability.rawValue)), .init("returned", "default"),
            .init("uniqueness", isUnique ? "server" : "none"),
        ]
        return .object(members)
    }
}

/// A schema beside that of a kind (RFC 7643, 3.3). Its attributes have names that the kind's own have not.
struct SCIMExtension: Sendable, Equatable {
    let name: String
    let urn: String
    let note: String
    let attributes: [SCIMAttribute]

    func attribute(_ name: String) -> SCIMAttribute? {
        attributes.first { $0.name.lowercased() == name.lowercased() }
    }

    func isCalled(_ urn: String) -> Bool { self.urn.lowercased() == urn.lowercased() }

    static let enterprise = SCIMExtension(
        name: "EnterpriseUser", urn: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        note: "What companies know of a person; of it whom approval flows may ask.",
        attributes: [
            SCIMAttribute(
                "manager", .complex,
                note: "The person to whom this one reports, if the provider's programs know them.",
                parts: [
                    SCIMAttribute(
                        "value", caseExact: true, longest: 500,
                        note: "That person's id; userName and externalId are taken as well."),
                    SCIMAttribute(
                        "$ref", .reference, caseExact: true, longest: 500, referenceTypes: ["User"],
                        note: "Where that person is."),
                    SCIMAttribute("displayName", note: "What that person is called."),
                ]),
            SCIMAttribute("department", note: "Where the person works; rules may go by it."),
            SCIMAttribute("division", note: "Which part of the company that is of; rules may go by it."),
            SCIMAttribute("organization", note: "What the company is called; rules may go by it."),
            SCIMAttribute("costCenter", note: "Who pays for the person; rules may go by it."),
            SCIMAttribute("employeeNumber", note: "The person's number; rules may go by it."),
        ])
}

/// A kind of resource: its name, its schema and where it is.
struct SCIMKind: Sendable, Equatable {
    let name: String
    let urn: String
    let endpoint: String
    let note: String
    /// Those that its schema lists.
    let attributes: [SCIMAttribute]
    /// Standard attributes that are taken and not kept: clients send them whether or not anybody wants them.
    let ignored: Set<String>
    /// What is kept of a schema that others have made for it.
    var more: SCIMExtension?

    /// What every resource has beside its schema (RFC 7643, 3.1).
    static let common: [SCIMAttribute] = [
        SCIMAttribute("schemas", many: true, caseExact: true, mutability: .readOnly, note: "What the resource is."),
        SCIMAttribute("id", caseExact: true, mutability: .readOnly, unique: true, note: "What it is known by here."),
        SCIMAttribute("externalId", caseExact: true, longest: 500, note: "What the client knows it by."),
        SCIMAttribute(
            "meta", .complex, mutability: .readOnly, note: "When it was made and changed.",
            parts: [
                SCIMAttribute("resourceType", caseExact: true, mutability: .readOnly, note: "Its kind."),
                SCIMAttribute("created", .dateTime, mutability: .readOnly, note: "When it was made."),
                SCIMAttribute("lastModified", .dateTime, mutability: .readOnly, note: "When it was changed last."),
                SCIMAttribute("location", .reference, caseExact: true, mutability: .readOnly, note: "Where it is."),
                SCIMAttribute("version", caseExact: true, mutability: .readOnly, note: "Its entity tag."),
            ]),
    ]

    func attribute(_ name: String) -> SCIMAttribute? {
        let name = name.lowercased()
        return (attributes + Self.common).first { $0.name.lowercased() == name }
    }

    func isIgnored(_ name: String) -> Bool { ignored.contains(name.lowercased()) }

    static let user = SCIMKind(
        name: "User", urn: "urn:ietf:params:scim:schemas:core:2.0:User", endpoint: "/Users", note: "A person.",
        attributes: [
            SCIMAttribute(
                "userName", required: true, unique: true, longest: 64,
                note: "What the provider calls the person. At first it is the login here, too; later the login stays."),
            SCIMAttribute(
                "name", .complex, note: "The name in its parts.",
                parts: [
                    SCIMAttribute("formatted", note: "The whole name."),
                    SCIMAttribute("familyName", note: "The family name."),
                    SCIMAttribute("givenName", note: "The given name."),
                    SCIMAttribute("middleName", note: "What stands between them."),
                ]),
            SCIMAttribute("displayName", note: "The name to be shown."),
            SCIMAttribute("title", note: "What the person's post is called; rules may go by it."),
            SCIMAttribute("userType", note: "How the person is employed; rules may go by it."),
            SCIMAttribute(
                "emails", .complex, many: true, note: "Mail addresses; the primary one, or else the first, is used.",
                parts: [
                    SCIMAttribute("value", longest: 254, note: "The address."),
                    SCIMAttribute("type", longest: 40, note: "What it is for, such as work."),
                    SCIMAttribute("primary", .boolean, note: "Whether it is the one to be used."),
                ]),
            SCIMAttribute(
                "active", .boolean,
                note: "Whether the person may sign in. Whom an administrator has disabled stays so, whatever is sent."),
            SCIMAttribute(
                "groups", .complex, many: true, mutability: .readOnly,
                note: "The provider's groups that the person is in.",
                parts: [
                    SCIMAttribute("value", caseExact: true, mutability: .readOnly, note: "The group's id."),
                    SCIMAttribute(
                        "$ref", .reference, caseExact: true, mutability: .readOnly, referenceTypes: ["Group"],
                        note: "Where it is."),
                    SCIMAttribute("display", mutability: .readOnly, note: "Its name."),
                ]),
        ],
        ignored: [
            "nickname", "profileurl", "preferredlanguage", "locale", "timezone", "password",
            "phonenumbers", "ims", "photos", "addresses", "entitlements", "roles", "x509certificates",
        ], more: .enterprise)

    static let group = SCIMKind(
        name: "Group", urn: "urn:ietf:params:scim:schemas:core:2.0:Group", endpoint: "/Groups",
        note: "A group of the provider. The provider's rules say what its members get here.",
        attributes: [
            SCIMAttribute(
                "displayName", required: true, unique: true, longest: 200,
                note: "The name, by which rules know the group."),
            SCIMAttribute(
                "members", .complex, many: true, note: "Who is in it.",
                parts: [
                    SCIMAttribute(
                        "value", caseExact: true, mutability: .immutable, longest: 40, note: "The person's id."),
                    SCIMAttribute(
                        "$ref", .reference, caseExact: true, mutability: .immutable, longest: 500,
                        referenceTypes: ["User"],
                        note: "Where the person is."),
                ]),
        ], ignored: [])

    static let all: [SCIMKind] = [.user, .group]
}
