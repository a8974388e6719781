import Cryptography
import Kernel

/// The canonical JSON (RFC 8785) of a value of the contract.
enum CanonicalForm {
    static func bytes<Value: WireValue>(of value: Value) throws -> [UInt8] {
        try CanonicalJSON.bytes(try JSONParser.parse(Value.schema.bytes(of: value)))
    }
}
