/// Why bytes are not read as XML. Nothing of the document is repeated.
package enum XMLError: Error, Sendable, Hashable {
    /// More bytes, elements, attributes or levels than the limits allow.
    case tooLarge
    /// Not UTF-8, or it says that it is something else.
    case encoding
    /// A document type declaration: nobody who signs people in needs one, and everybody who attacks does.
    case documentType
    case processingInstruction
    /// Not well-formed, or not with regard to namespaces.
    case malformed
    /// An attribute `xml:id`, which would be an ID in every library and in no schema of ours.
    case foreignID
    /// The library failed for lack of memory.
    case library
}

extension XMLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge: "the document is too large, too deep or too wide"
        case .encoding: "the document is not UTF-8"
        case .documentType: "the document has a document type declaration, which is never read"
        case .processingInstruction: "the document has a processing instruction"
        case .malformed: "the document is not well-formed XML with namespaces"
        case .foreignID: "the document has an attribute xml:id"
        case .library: "the XML library has no memory"
        }
    }
}
