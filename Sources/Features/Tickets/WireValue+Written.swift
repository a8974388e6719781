import Kernel

extension WireValue {
    /// As its schema writes it.
    var written: JSON {
        get throws { try JSONParser.parse(Self.schema.bytes(of: self)) }
    }
}
