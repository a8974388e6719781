import Kernel

/// The body of a PATCH (RFC 7644, 3.5.2).
struct SCIMPatch: Sendable, Equatable {
    static let urn = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
    static let mostOperations = 100

    struct Operation: Sendable, Equatable {
        enum Kind: String, Sendable { case add, remove, replace }

        let kind: Kind
        /// Nil for the resource itself.
        let path: SCIMPath?
        let value: JSON?
    }

    let operations: [Operation]

    init(body: JSON) throws(SCIMFault) {
        guard case .object(let members) = body else { throw .invalid(.invalidSyntax, "it must be an object") }
        try SCIMRecord.checkNames(members)
        try SCIMRecord.checkSchemas(members, Self.urn)
        guard case .array(let items)? = members.first(where: { $0.name.lowercased() == "operations" })?.value,
            !items.isEmpty
        else { throw .invalid(.invalidSyntax, "there must be Operations") }
        guard items.count <= Self.mostOperations else {
            throw .invalid(.tooMany, "there are at most \(Self.mostOperations) operations in a request")
        }
        var operations: [Operation] = []
        for item in items { operations += try Self.operations(of: item) }
        guard operations.count <= Self.mostOperations else {
            throw .invalid(.tooMany, "there are at most \(Self.mostOperations) operations in a request")
        }
        self.operations = operations
    }

    /// One without a path, but with an object, is one for each of its members: their names are paths.
    private static func operations(of item: JSON) throws(SCIMFault) -> [Operation] {
        guard case .object(let members) = item else { throw .invalid(.invalidSyntax, "an operation is an object") }
        try SCIMRecord.checkNames(members)
        func member(_ name: String) -> JSON? { members.first { $0.name.lowercased() == name }?.value }
        guard let kind = member("op")?.text.flatMap({ Operation.Kind(rawValue: $0.lowercased()) }) else {
            throw .invalid(.invalidSyntax, "op must be add, remove or replace")
        }
        let value = member("value")
        if let parts = Self.extended(member("path"), value) {
            return parts.map { Operation(kind: kind, path: $0.path, value: $0.value) }
        }
        guard kind == .remove || value != nil else { throw .invalid(.invalidValue, "there must be a value") }
        switch member("path") {
        case nil, .null?:
            guard kind != .remove else { throw .invalid(.noTarget, "a removal must have a path") }
            guard case .object(let parts)? = value else {
                throw .invalid(.invalidValue, "without a path, the value must be an object")
            }
            try SCIMRecord.checkNames(parts)
            var operations: [Operation] = []
            for part in parts {
                if let more = Self.extended(.string(part.name), part.value) {
                    operations += more.map { Operation(kind: kind, path: $0.path, value: $0.value) }
                    continue
                }
                guard let name = SCIMName(part.name) else {
                    throw .invalid(.invalidPath, "there is no such attribute")
                }
                operations.append(Operation(kind: kind, path: SCIMPath(name: name), value: part.value))
            }
            return operations
        case .string(let text)?:
            return [Operation(kind: kind, path: try SCIMPath(parsing: text), value: value)]
        default: throw .invalid(.invalidPath, "a path is a text")
        }
    }
}

extension SCIMPatch {
    /// What is meant by the name of an extension as a whole: each of its attributes that the value has, or all of them. Nil
    /// for any other path.
    private static func extended(_ path: JSON?, _ value: JSON?) -> [(path: SCIMPath, value: JSON?)]? {
        let more = SCIMExtension.enterprise
        guard let text = path?.text, more.isCalled(text) else { return nil }
        let named: [(String, JSON?)] =
            if case .object(let parts)? = value { parts.map { ($0.name, $0.value) } } else {
                more.attributes.map { ($0.name, nil) }
            }
        return named.compactMap { name, value in
            SCIMName("\(more.urn):\(name)").map { (SCIMPath(name: $0), value) }
        }
    }
}

extension SCIMPatch.Operation {
    /// What the operation is about, if it is something that is kept: nil for standard attributes that are not, and for
    /// those of other extensions.
    func target(in kind: SCIMKind) throws(SCIMFault) -> SCIMAttribute? {
        guard let path else { return nil }
        if let urn = path.name.urn, urn.lowercased() != kind.urn.lowercased() {
            return kind.more.flatMap { $0.isCalled(urn) ? $0.attribute(path.name.attribute) : nil }
        }
        guard let attribute = kind.attribute(path.name.attribute) else {
            // The URN of an extension itself, and what stands in it, are no attributes here either.
            if kind.isIgnored(path.name.attribute) || path.name.urn != nil { return nil }
            throw .invalid(.invalidPath, "there is no attribute \(path.name.attribute)")
        }
        // Clients send the schemas along with the rest.
        if attribute.name == "schemas" { return nil }
        guard attribute.mutability != .readOnly else {
            throw .invalid(.mutability, "\(attribute.name) is not for clients to change")
        }
        return attribute
    }

    /// The attribute's part that is meant, if one is.
    func part(of attribute: SCIMAttribute) throws(SCIMFault) -> SCIMAttribute? {
        guard let name = path?.part ?? path?.name.part else { return nil }
        guard let part = attribute.part(name) else {
            throw .invalid(.invalidPath, "\(attribute.name) has no \(name)")
        }
        guard part.mutability != .readOnly else {
            throw .invalid(.mutability, "\(part.name) is not for clients to change")
        }
        return part
    }
}

extension SCIMRecord {
    /// The record after an operation.
    mutating func apply(_ operation: SCIMPatch.Operation) throws(SCIMFault) {
        guard let attribute = try operation.target(in: kind) else { return }
        let part = try operation.part(of: attribute)
        if let filter = operation.path?.filter {
            try apply(operation, to: attribute, part, where: filter)
            return
        }
        switch (operation.kind, part) {
        case (.remove, let part?): try set(part, of: attribute, .null)
        case (.remove, nil):
            // Some clients name in the value what of a list is to go.
            if attribute.isMany, let value = operation.value, let gone = try Self.read(value, as: attribute),
                case .array(let gone) = gone
            {
                try setList(attribute, list(attribute).filter { !gone.contains($0) })
            } else {
                remove(attribute)
            }
        case (_, let part?): try set(part, of: attribute, operation.value ?? .null)
        case (.add, nil): try add(attribute, operation.value ?? .null)
        case (.replace, nil):
            // The parts of a complex attribute that are not named stay (RFC 7644, 3.5.2.3).
            let isWhole = attribute.kind != .complex || attribute.isMany || operation.value?.isBlank ?? true
            if isWhole {
                try set(attribute, operation.value ?? .null)
            } else {
                try add(attribute, operation.value ?? .null)
            }
        }
    }

    private mutating func apply(
        _ operation: SCIMPatch.Operation, to attribute: SCIMAttribute, _ part: SCIMAttribute?, where filter: SCIMFilter
    ) throws(SCIMFault) {
        guard attribute.isMany, attribute.kind == .complex else {
            throw .invalid(.invalidPath, "\(attribute.name) has one value only")
        }
        do {
            try filter.check(against: attribute)
        } catch {
            throw .invalid(.invalidPath, "the filter names what \(attribute.name) has not")
        }
        var items = list(attribute)
        var found = items.indices.filter { filter.holds(for: items[$0], of: attribute) }
        if found.isEmpty {
            switch operation.kind {
            case .remove: return
            case .replace: throw .invalid(.noTarget, "no value of \(attribute.name) is like that")
            case .add:
                items.append(try Self.example(of: filter, attribute))
                found = [items.count - 1]
            }
        }
        let fresh: JSON? =
            if operation.kind == .remove { nil } else {
                try Self.read(operation.value ?? .null, part ?? attribute)
            }
        for index in found {
            if let part {
                items[index] = Self.with(items[index], part, fresh, attribute)
            } else if operation.kind == .add, let fresh {
                items[index] = items[index].merging(fresh)
            } else {
                items[index] = fresh ?? .null
            }
        }
        if fresh != nil, part?.name == "primary" || part == nil {
            let isPrimary = found.contains { items[$0]["primary"] == true }
            if isPrimary {
                for index in items.indices where !found.contains(index) { items[index] = Self.secondary(items[index]) }
            }
        }
        try setList(attribute, items)
    }

    /// A value, or one of a list, as the attribute or its part has it.
    private static func read(_ value: JSON, _ attribute: SCIMAttribute) throws(SCIMFault) -> JSON? {
        value.isBlank ? nil : try readOne(value, as: attribute)
    }

    /// A value that is as a filter of equalities says: what Entra ID expects of an addition.
    private static func example(of filter: SCIMFilter, _ attribute: SCIMAttribute) throws(SCIMFault) -> JSON {
        var item: JSON = [:]
        for condition in filter.conditions {
            guard case .compare(let name, .eq, let value) = condition, let part = attribute.part(name.attribute) else {
                throw .invalid(.noTarget, "no value of \(attribute.name) is like that")
            }
            item = with(item, part, try read(value, part), attribute)
        }
        return item
    }
}
