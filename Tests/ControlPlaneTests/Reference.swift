import HTTPAPI
import Kernel

/// A place in a body or a query where an id of some kind stands.
struct Reference {
    enum Step {
        case field(String)
        case item
    }

    let steps: [Step]
    /// The kind, by what its ids begin with: `ast`.
    let prefix: String

    /// All of them in a shape.
    static func all(in shape: Shape) -> [Reference] {
        switch shape {
        case .scalar(let keywords):
            // Ids are the only scalars with such a pattern: see `ID.schema`.
            guard let pattern = keywords["pattern"]?.text, let match = pattern.prefixMatch(of: #/\^([a-z]{3})_\[0-7\]/#)
            else { return [] }
            return [Reference(steps: [], prefix: String(match.output.1))]
        case .nullable(let inner): return all(in: inner)
        case .array(let element, _): return all(in: element).map { $0.below(.item) }
        case .object(let object): return object.references
        case .union(let union): return union.variants.flatMap { $0.shape.references }
        case .reference: return []
        }
    }

    fileprivate func below(_ step: Step) -> Reference {
        Reference(steps: [step] + steps, prefix: prefix)
    }

    /// A body in which this id stands in the place.
    func body(with id: String, in body: JSON?) -> JSON {
        guard let step = steps.first else { return .string(id) }
        let rest = Reference(steps: Array(steps.dropFirst()), prefix: prefix)
        switch step {
        case .field(let name):
            var members: [JSON.Member] = if case .object(let members)? = body { members } else { [] }
            let old = members.first { $0.name == name }?.value
            members.removeAll { $0.name == name }
            members.append(JSON.Member(name, rest.body(with: id, in: old)))
            return .object(members)
        case .item:
            var items: [JSON] = if case .array(let items)? = body { items } else { [] }
            items = [rest.body(with: id, in: items.first)] + items.dropFirst()
            return .array(items)
        }
    }
}

extension ObjectShape {
    fileprivate var references: [Reference] {
        fields.flatMap { field in Reference.all(in: field.shape).map { $0.below(.field(field.name)) } }
    }
}
