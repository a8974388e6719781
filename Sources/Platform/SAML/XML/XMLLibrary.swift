import CXMLSec

/// libxml2, xmlsec1 and OpenSSL as a whole.
enum XMLLibrary {
    /// Set up once, before the first document.
    static let isReady = xmlsec_initialize() == 0

    static func text(_ pointer: UnsafePointer<xmlChar>?) -> String {
        guard let pointer else { return "" }
        return String(cString: pointer)
    }
}
