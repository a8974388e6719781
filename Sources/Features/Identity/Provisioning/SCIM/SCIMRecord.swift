import Kernel

/// What a client has said of a resource: known attributes only, by their own names, and of their own types.
struct SCIMRecord: Sendable, Equatable {
    /// How many values an attribute may have that is no list of members.
    static let mostValues = 20

    let kind: SCIMKind
    private(set) var values: [String: JSON] = [:]

    init(_ kind: SCIMKind, values: [String: JSON] = [:]) {
        self.kind = kind
        self.values = values
    }

    /// Reads the body of a POST or a PUT. What only the server says is passed over (RFC 7644, 3.3), and so is what is
    /// not kept; members of a group are not for this.
    init(_ kind: SCIMKind, body: JSON) throws(SCIMFault) {
        self.init(kind)
        guard case .object(let members) = body else { throw .invalid(.invalidSyntax, "it must be an object") }
        try Self.checkNames(members)
        try Self.checkSchemas(members, kind.urn)
        for member in members {
            guard let attribute = kind.attribute(member.name), attribute.mutability != .readOnly,
                attribute.name != "members"
            else { continue }
            try set(attribute, member.value)
        }
        guard let more = kind.more, case .object(let parts)? = members.first(where: { more.isCalled($0.name) })?.value
        else { return }
        try Self.checkNames(parts)
        for part in parts {
            if let attribute = more.attribute(part.name) { try set(attribute, part.value) }
        }
    }

    /// Throws unless the schema is among those that a body names.
    static func checkSchemas(_ members: [JSON.Member], _ urn: String) throws(SCIMFault) {
        let schemas = members.first { $0.name.lowercased() == "schemas" }?.value
        guard case .array(let items)? = schemas,
            items.contains(where: { $0.text?.lowercased() == urn.lowercased() })
        else { throw .invalid(.invalidSyntax, "schemas must name \(urn)") }
    }

    /// Two names that differ only in their case are one name.
    static func checkNames(_ members: [JSON.Member]) throws(SCIMFault) {
        guard Set(members.map { $0.name.lowercased() }).count == members.count else {
            throw .invalid(.invalidSyntax, "an attribute is there twice")
        }
    }

    subscript(_ name: String) -> JSON? { values[name] }

    func text(_ name: String) -> String? { values[name]?.text }

    /// Takes a value in place of the one before; a blank one removes it.
    mutating func set(_ attribute: SCIMAttribute, _ value: JSON) throws(SCIMFault) {
        values[attribute.name] = try Self.read(value, as: attribute)
        try checkPrimary(attribute)
    }

    /// Adds to what is there: the parts of a name, further addresses (RFC 7644, 3.5.2.1).
    mutating func add(_ attribute: SCIMAttribute, _ value: JSON) throws(SCIMFault) {
        guard let fresh = try Self.read(value, as: attribute) else { return }
        switch (values[attribute.name], fresh) {
        case (.array(let old)?, .array(let new)):
            let added = new.filter { !old.contains($0) }
            // Of two primary values the one that comes later is meant.
            let kept = added.contains { $0["primary"] == true } ? old.map(Self.secondary) : old
            try setList(attribute, kept + added)
        case (let old?, .object): values[attribute.name] = Self.ordered(old.merging(fresh), attribute)
        default: values[attribute.name] = fresh
        }
        try checkPrimary(attribute)
    }

    /// Sets, or adds to, a part of a complex attribute that has one value.
    mutating func set(_ part: SCIMAttribute, of attribute: SCIMAttribute, _ value: JSON) throws(SCIMFault) {
        let fresh = try Self.read(value, as: part)
        if attribute.isMany {
            var items = list(attribute).map { Self.with($0, part, fresh, attribute) }
            if items.isEmpty, let fresh { items = [.object([.init(part.name, fresh)])] }
            try setList(attribute, items)
        } else {
            let changed = Self.with(values[attribute.name] ?? [:], part, fresh, attribute)
            values[attribute.name] = changed.isBlank ? nil : changed
        }
        try checkPrimary(attribute)
    }

    /// Takes what the other one says of an attribute.
    mutating func keep(_ name: String, of other: SCIMRecord) { values[name] = other.values[name] }

    mutating func remove(_ attribute: SCIMAttribute) { values[attribute.name] = nil }

    func list(_ attribute: SCIMAttribute) -> [JSON] {
        if case .array(let items)? = values[attribute.name] { items } else { [] }
    }

    /// Replaces a list that has been read; an empty one is none.
    mutating func setList(_ attribute: SCIMAttribute, _ items: [JSON]) throws(SCIMFault) {
        let items = items.filter { !$0.isBlank }
        guard items.count <= Self.mostValues else {
            throw .invalid(.tooMany, "\(attribute.name) has at most \(Self.mostValues) values")
        }
        values[attribute.name] = items.isEmpty ? nil : .array(items)
        try checkPrimary(attribute)
    }

    static func secondary(_ item: JSON) -> JSON {
        item["primary"] == true ? item.merging(["primary": false]) : item
    }

    /// The item with a part that is another one, or gone.
    static func with(_ item: JSON, _ part: SCIMAttribute, _ value: JSON?, _ attribute: SCIMAttribute) -> JSON {
        guard case .object(let members) = item else { return item }
        let others = members.filter { $0.name != part.name }
        return ordered(.object(others + (value.map { [.init(part.name, $0)] } ?? [])), attribute)
    }

    private static func ordered(_ item: JSON, _ attribute: SCIMAttribute) -> JSON {
        .object(attribute.parts.compactMap { part in item[part.name].map { .init(part.name, $0) } })
    }

    private func checkPrimary(_ attribute: SCIMAttribute) throws(SCIMFault) {
        guard attribute.isMany, list(attribute).count(where: { $0["primary"] == true }) > 1 else { return }
        throw .invalid(.invalidValue, "only one of \(attribute.name) can be primary")
    }

    // MARK: reading

    /// A value as the attribute has it; nil for a blank one.
    static func read(_ value: JSON, as attribute: SCIMAttribute) throws(SCIMFault) -> JSON? {
        if value.isBlank { return nil }
        guard attribute.isMany else { return try readOne(value, as: attribute) }
        // Some clients send a list of one without its brackets.
        let items: [JSON] = if case .array(let items) = value { items } else { [value] }
        guard items.count <= mostValues else {
            throw .invalid(.tooMany, "\(attribute.name) has at most \(mostValues) values")
        }
        var list: [JSON] = []
        for item in items { if let item = try readOne(item, as: attribute) { list.append(item) } }
        return list.isEmpty ? nil : .array(list)
    }

    static func readOne(_ value: JSON, as attribute: SCIMAttribute) throws(SCIMFault) -> JSON? {
        switch (attribute.kind, value) {
        case (_, .null): return nil
        case (.boolean, .bool): return value
        // Entra ID is known to send these words.
        case (.boolean, .string(let word)) where ["true", "false"].contains(word.lowercased()):
            return .bool(word.lowercased() == "true")
        case (.string, .string(let text)), (.reference, .string(let text)), (.dateTime, .string(let text)):
            guard text.unicodeScalars.count <= attribute.longest else {
                throw .invalid(.invalidValue, "\(attribute.name) has at most \(attribute.longest) characters")
            }
            guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
                throw .invalid(.invalidValue, "\(attribute.name) must be one line")
            }
            return text.isEmpty ? nil : value
        case (.complex, .object(let members)):
            try checkNames(members)
            var parts: [String: JSON] = [:]
            for member in members {
                guard let part = attribute.part(member.name) else { continue }
                parts[part.name] = try read(member.value, as: part)
            }
            let object = ordered(.object(parts.map { .init($0.key, $0.value) }), attribute)
            return object.isBlank ? nil : object
        case (.complex, .string) where attribute.part("value") != nil:
            return try readOne(.object([.init("value", value)]), as: attribute)
        default:
            throw .invalid(.invalidValue, "\(attribute.name) is no \(attribute.kind.rawValue)")
        }
    }
}
