/// Reads XML from outside: bounded, without document types, entities, processing instructions or any access to files or
/// the network. Also for protocols that only borrow XML, such as the answers of CAS.
package enum XMLReader {
    package static func read(_ bytes: [UInt8], limits: XMLLimits = .message) throws(XMLError) -> XMLElement {
        try XMLDocument(bytes, limits: limits).root
    }
}
