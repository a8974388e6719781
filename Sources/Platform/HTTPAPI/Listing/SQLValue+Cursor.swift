import FoundationEssentials
import Kernel
import Postgres

/// How the values of a cursor are written. Only values that a list can be sorted by have a form.
extension SQLValue {
    var json: JSON {
        switch self {
        case .text(let text): ["t", .string(text)]
        case .int(let value): ["i", .int(Int64(value))]
        case .bool(let value): ["b", .bool(value)]
        case .uuid(let uuid): ["u", .string(uuid.uuidString)]
        case .timestamp(let value): ["d", .int(Int64(value))]
        case .null, .double, .bytes, .json, .array: nil
        }
    }

    init?(json: JSON) {
        guard case .array(let pair) = json, pair.count == 2 else { return nil }
        switch (pair[0], pair[1]) {
        case ("t", .string(let text)): self = .text(text)
        case ("i", .int(let value)): self = .int(Int(value))
        case ("b", .bool(let value)): self = .bool(value)
        case ("d", .int(let value)): self = .timestamp(Int(value))
        case ("u", .string(let text)):
            guard let uuid = UUID(uuidString: text) else { return nil }
            self = .uuid(uuid)
        default: return nil
        }
    }
}
