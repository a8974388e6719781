import FoundationEssentials
import Kernel

/// A condition on resources or on the values of an attribute (RFC 7644, 3.4.2.2). It is held against documents and is
/// never made into a statement.
indirect enum SCIMFilter: Sendable, Equatable {
    enum Comparison: String, Sendable, CaseIterable { case eq, ne, co, sw, ew, gt, ge, lt, le }

    case compare(SCIMName, Comparison, JSON)
    case present(SCIMName)
    /// Some value of the attribute is as the inner filter says.
    case some(SCIMName, SCIMFilter)
    case not(SCIMFilter)
    case and([SCIMFilter])
    case or([SCIMFilter])

    /// What must hold at least: the parts of a conjunction.
    var conditions: [SCIMFilter] { if case .and(let parts) = self { parts.flatMap(\.conditions) } else { [self] } }

    /// The text that an attribute must be equal to for the filter to hold, if the filter says so.
    func required(_ attribute: String, part: String? = nil) -> String? {
        for condition in conditions {
            switch condition {
            case .compare(let name, .eq, .string(let text))
            where name.attribute.lowercased() == attribute.lowercased()
                && (name.part?.lowercased() == part?.lowercased() || name.part == nil && part == "value"):
                return text
            case .some(let name, let inner)
            where name.attribute.lowercased() == attribute.lowercased() && part != nil:
                if case .compare(let innerName, .eq, .string(let text)) = inner,
                    innerName.attribute.lowercased() == part?.lowercased(), innerName.part == nil
                {
                    return text
                }
            default: continue
            }
        }
        return nil
    }

    /// Whether it can hold for a kind at all: what must be equal to a text is there.
    func mayHold(for kind: SCIMKind) -> Bool {
        conditions.allSatisfy { condition in
            guard case .compare(let name, .eq, .string) = condition else { return true }
            return kind.attribute(name.attribute) != nil
        }
    }

    /// Every attribute of the resource that the filter names.
    var names: [SCIMName] {
        switch self {
        case .compare(let name, _, _), .present(let name), .some(let name, _): [name]
        case .not(let inner): inner.names
        case .and(let parts), .or(let parts): parts.flatMap(\.names)
        }
    }

    /// Throws if it names what none of the kinds has.
    func check(againstAny kinds: [SCIMKind]) throws(SCIMFault) {
        switch self {
        case .not(let inner): try inner.check(againstAny: kinds)
        case .and(let parts), .or(let parts): for part in parts { try part.check(againstAny: kinds) }
        case .compare(let name, _, _), .present(let name), .some(let name, _):
            var faults: [SCIMFault] = []
            for kind in kinds {
                do throws(SCIMFault) { try check(against: kind) } catch { faults.append(error) }
            }
            if faults.count == kinds.count { throw faults.first ?? Self.unknown(name) }
        }
    }

    /// Throws if it names what the kind has not.
    func check(against kind: SCIMKind) throws(SCIMFault) {
        switch self {
        case .not(let inner): try inner.check(against: kind)
        case .and(let parts), .or(let parts): for part in parts { try part.check(against: kind) }
        case .compare(let name, _, _), .present(let name):
            guard name.urn == nil || name.urn?.lowercased() == kind.urn.lowercased(),
                let attribute = kind.attribute(name.attribute), name.part.map({ attribute.part($0) != nil }) ?? true
            else { throw Self.unknown(name) }
        case .some(let name, let inner):
            guard name.urn == nil || name.urn?.lowercased() == kind.urn.lowercased(), name.part == nil,
                let attribute = kind.attribute(name.attribute), attribute.kind == .complex
            else { throw Self.unknown(name) }
            try inner.check(against: attribute)
        }
    }

    /// Throws if it names what values of the attribute have not.
    func check(against attribute: SCIMAttribute) throws(SCIMFault) {
        switch self {
        case .not(let inner): try inner.check(against: attribute)
        case .and(let parts), .or(let parts): for part in parts { try part.check(against: attribute) }
        case .compare(let name, _, _), .present(let name):
            guard name.urn == nil, name.part == nil, attribute.part(name.attribute) != nil else {
                throw Self.unknown(name)
            }
        case .some(let name, _): throw Self.unknown(name)
        }
    }

    private static func unknown(_ name: SCIMName) -> SCIMFault {
        .invalid(.invalidFilter, "there is no attribute \(name.attribute)\(name.part.map { "." + $0 } ?? "")")
    }

    /// Whether a resource is as the filter says, which has been checked.
    func holds(for document: JSON, of kind: SCIMKind) -> Bool {
        holds(document, kind.attribute)
    }

    /// Whether a value of a complex attribute is as the filter says.
    func holds(for value: JSON, of attribute: SCIMAttribute) -> Bool {
        holds(value, attribute.part)
    }

    private func holds(_ document: JSON, _ find: (String) -> SCIMAttribute?) -> Bool {
        switch self {
        case .not(let inner): return !inner.holds(document, find)
        case .and(let parts): return parts.allSatisfy { $0.holds(document, find) }
        case .or(let parts): return parts.contains { $0.holds(document, find) }
        case .present(let name):
            return Self.values(of: name, document, find).contains { !$0.value.isBlank }
        case .some(let name, let inner):
            guard let attribute = find(name.attribute) else { return false }
            return Self.list(document[attribute.name]).contains { inner.holds($0, attribute.part) }
        case .compare(let name, let comparison, let wanted):
            let values = Self.values(of: name, document, find)
            if wanted == .null {
                let isThere = values.contains { !$0.value.isBlank }
                return comparison == .ne ? isThere : comparison == .eq && !isThere
            }
            if values.isEmpty { return comparison == .ne }
            return values.contains { Self.holds($0.value, comparison, wanted, $0.attribute) }
        }
    }

    private static func list(_ json: JSON?) -> [JSON] {
        switch json {
        case nil, .null?: []
        case .array(let items)?: items
        case let single?: [single]
        }
    }

    /// The values that a name means, with what they are. Of a complex attribute without a part it is `value`.
    private static func values(
        of name: SCIMName, _ document: JSON, _ find: (String) -> SCIMAttribute?
    ) -> [(value: JSON, attribute: SCIMAttribute)] {
        guard let attribute = find(name.attribute) else { return [] }
        let items = list(document[attribute.name])
        guard attribute.kind == .complex else { return items.map { ($0, attribute) } }
        guard let part = attribute.part(name.part ?? "value") else {
            // Such a one can be there, and not be compared.
            return name.part == nil ? items.map { ($0, attribute) } : []
        }
        return items.compactMap { item in item[part.name].map { ($0, part) } }
    }

    private static func holds(
        _ value: JSON, _ comparison: Comparison, _ wanted: JSON, _ attribute: SCIMAttribute
    ) -> Bool {
        switch (value, wanted) {
        case (.bool(let value), .bool(let wanted)):
            comparison == .eq ? value == wanted : comparison == .ne && value != wanted
        case (.string(let value), .string(let wanted)) where attribute.kind == .dateTime:
            holds(value, comparison, wanted)
        case (.string(let value), .string(let wanted)):
            attribute.isCaseExact
                ? holds(text: value, comparison, wanted)
                : holds(text: value.lowercased(), comparison, wanted.lowercased())
        default: comparison == .ne
        }
    }

    private static func holds(_ value: String, _ comparison: Comparison, _ wanted: String) -> Bool {
        guard let value = Timestamp.parse(value), let wanted = Timestamp.parse(wanted) else {
            return comparison == .ne
        }
        return switch comparison {
        case .eq: value == wanted
        case .ne: value != wanted
        case .gt: value > wanted
        case .ge: value >= wanted
        case .lt: value < wanted
        case .le: value <= wanted
        case .co, .sw, .ew: false
        }
    }

    private static func holds(text value: String, _ comparison: Comparison, _ wanted: String) -> Bool {
        switch comparison {
        case .eq: value == wanted
        case .ne: value != wanted
        case .co: wanted.isEmpty || value.contains(wanted)
        case .sw: value.hasPrefix(wanted)
        case .ew: value.hasSuffix(wanted)
        case .gt: value > wanted
        case .ge: value >= wanted
        case .lt: value < wanted
        case .le: value <= wanted
        }
    }
}

extension JSON {
    /// Whether RFC 7643 takes it for no value (2.5).
    var isBlank: Bool {
        switch self {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }
}
