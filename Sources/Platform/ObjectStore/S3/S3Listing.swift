/// What ListObjectsV2 answers, as far as it matters: keys, and how to go on.
///
/// Read without an XML parser: a store that the customer names must not be able to make one work. Only the text between
/// these tags counts; nesting, entities of its own and anything else have no meaning here.
struct S3Listing: Equatable {
    let keys: [String]
    let next: String?

    init(_ xml: String) {
        keys = Self.texts("Key", in: xml)
        let isTruncated = Self.texts("IsTruncated", in: xml).first == "true"
        next = isTruncated ? Self.texts("NextContinuationToken", in: xml).first : nil
    }

    /// The `Code` of an error document.
    static func errorCode(_ xml: String) -> String? {
        texts("Code", in: xml).first.map { String($0.prefix(60)) }
    }

    private static func texts(_ tag: String, in xml: String) -> [String] {
        xml.split(separator: "<\(tag)>", omittingEmptySubsequences: false).dropFirst().compactMap { part in
            part.firstRange(of: "</\(tag)>").map { unescaped(String(part[..<$0.lowerBound])) }
        }
    }

    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&quot;", with: "\"")
            .replacing("&apos;", with: "'").replacing("&amp;", with: "&")
    }
}
