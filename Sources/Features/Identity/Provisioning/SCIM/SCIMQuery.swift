import HTTPAPI
import Kernel

/// What a client wants to see (RFC 7644, 3.4.2 and 3.9).
struct SCIMQuery: Sendable {
    static let mostResources = 200
    static let usualResources = 100

    let filter: SCIMFilter?
    /// The first is 1.
    let startIndex: Int
    let count: Int
    let projection: SCIMProjection

    /// Of several kinds, one has to have what the filter names: to the others it has no value (RFC 7644, 3.4.2.1).
    init(_ query: QueryPairs, _ kinds: [SCIMKind]) throws {
        filter = try query.value(of: "filter").map { text throws(SCIMFault) in
            let filter = try SCIMFilterParser.filter(text)
            try filter.check(againstAny: kinds)
            return filter
        }
        startIndex = max(1, try Self.number(query, "startIndex") ?? 1)
        count = min(max(0, try Self.number(query, "count") ?? Self.usualResources), Self.mostResources)
        projection = try SCIMProjection(query)
    }

    private static func number(_ query: QueryPairs, _ name: String) throws -> Int? {
        guard let text = try query.value(of: name) else { return nil }
        guard let number = Int(text), abs(number) <= 1_000_000_000 else {
            throw SCIMFault.invalid(.invalidValue, "\(name) must be a number")
        }
        return number
    }
}

extension QueryPairs {
    /// The body of a search, which says what a query does (RFC 7644, 3.4.3).
    init(search body: JSON) throws(SCIMFault) {
        guard case .object(let members) = body else { throw .invalid(.invalidSyntax, "it must be an object") }
        try SCIMRecord.checkNames(members)
        try SCIMRecord.checkSchemas(members, "urn:ietf:params:scim:api:messages:2.0:SearchRequest")
        var pairs: [(name: String, value: String)] = []
        for member in members {
            switch member.value {
            case .string(let text): pairs.append((member.name, text))
            case .int(let number): pairs.append((member.name, String(number)))
            case .array(let items): pairs.append((member.name, items.compactMap(\.text).joined(separator: ",")))
            default: continue
            }
        }
        self.init(pairs)
    }
}

/// Which attributes of a resource are shown.
struct SCIMProjection: Sendable {
    private static let most = 50

    private let wanted: [SCIMName]?
    private let unwanted: [SCIMName]

    init(_ query: QueryPairs) throws {
        wanted = try Self.names(query, "attributes")
        unwanted = try Self.names(query, "excludedAttributes") ?? []
        guard wanted == nil || unwanted.isEmpty else {
            throw SCIMFault.invalid(.invalidValue, "attributes and excludedAttributes exclude each other")
        }
    }

    private static func names(_ query: QueryPairs, _ parameter: String) throws -> [SCIMName]? {
        guard let text = try query.value(of: parameter), !text.isEmpty else { return nil }
        let words = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
        guard words.count <= most else { throw SCIMFault.invalid(.tooMany, "\(parameter) names too many") }
        return try words.map { word in
            guard let name = SCIMName(word) else {
                throw SCIMFault.invalid(.invalidValue, "\(parameter) names what is no attribute")
            }
            return name
        }
    }

    /// Whether an attribute, or some part of it, is shown: what nobody sees need not be looked up.
    func shows(_ attribute: String) -> Bool {
        let attribute = attribute.lowercased()
        if let wanted { return wanted.contains { $0.attribute.lowercased() == attribute } }
        return !unwanted.contains { $0.attribute.lowercased() == attribute && $0.part == nil }
    }

    /// The document with what is wanted of it. What it is, and by which id, is always there (RFC 7643, 7).
    func callAsFunction(_ document: JSON) -> JSON {
        guard case .object(let members) = document, wanted != nil || !unwanted.isEmpty else { return document }
        return .object(
            members.compactMap { member in
                if ["schemas", "id"].contains(member.name) { return member }
                guard shows(member.name) else { return nil }
                let names = (wanted ?? unwanted).filter { $0.attribute.lowercased() == member.name.lowercased() }
                if wanted != nil, names.contains(where: { $0.part == nil }) { return member }
                let parts = Set(names.compactMap { $0.part?.lowercased() })
                if parts.isEmpty { return member }
                return JSON.Member(member.name, Self.parts(of: member.value) { parts.contains($0) == (wanted != nil) })
            })
    }

    private static func parts(of value: JSON, _ isShown: (String) -> Bool) -> JSON {
        switch value {
        case .array(let items): .array(items.map { parts(of: $0, isShown) })
        case .object(let members): .object(members.filter { isShown($0.name.lowercased()) })
        default: value
        }
    }
}
