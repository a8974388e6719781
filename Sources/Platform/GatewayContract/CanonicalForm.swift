import Kernel

/// The canonical JSON (RFC 8785) of a value of the contract.
enum CanonicalForm {
    static func bytes<Value: WireValue>(of value: Value) -> [UInt8] {
        // A schema writes JSON that the parser reads; numbers of the contract are whole, so nothing can be lost.
        let written = Value.schema.bytes(of: value)
        guard let json = try? JSONParser.parse(written) else { preconditionFailure("\(Value.self) wrote no JSON") }
        return sorted(json).bytes
    }

    private static func sorted(_ json: JSON) -> JSON {
        switch json {
        case .array(let elements): .array(elements.map(sorted))
        case .object(let members):
            .object(
                members.map { JSON.Member($0.name, sorted($0.value)) }
                    .sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) })
        default: json
        }
    }
}
