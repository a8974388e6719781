/// What is checked of a message as a whole before any of it is verified.
enum MessageShape {
    /// IDs are there once, and signatures only directly in a message or in an assertion.
    ///
    /// Anything that some schema may take for an ID counts, whatever its case or namespace, so that no two readers can
    /// disagree about which element an ID means.
    static func check(_ root: XMLElement) throws(SAMLError) {
        var identifiers: Set<String> = []
        try root.visit { (element) throws(SAMLError) in
            for attribute in element.attributes where attribute.name.lowercased() == "id" {
                guard identifiers.insert(attribute.value).inserted else { throw .identifiers }
            }
            for child in element.children where child.isNamed("Signature", in: Names.signature) {
                guard element.namespace == Names.protocolSpace || element.isNamed("Assertion", in: Names.assertion)
                else {
                    throw .signaturePlace
                }
            }
        }
    }

    /// How many assertions, plain or encrypted, there are at whatever depth. The namespace does not matter.
    static func assertions(in root: XMLElement) -> Int {
        var count = 0
        root.visit { if ["Assertion", "EncryptedAssertion"].contains($0.name) { count += 1 } }
        return count
    }

    /// The ID of an element that is signed: a name in ASCII, so that a reference to it is only these characters.
    static func identifier(of element: XMLElement) throws(SAMLError) -> String {
        guard let identifier = element["ID"], (1...256).contains(identifier.utf8.count),
            identifier.utf8.allSatisfy(isNameByte), let first = identifier.utf8.first,
            first == UInt8(ascii: "_") || isLetter(first)
        else { throw .identifiers }
        return identifier
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80 }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || (0x30...0x39).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
    }
}
