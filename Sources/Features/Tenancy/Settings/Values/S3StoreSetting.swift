package import Kernel

/// The bucket that a tenant's recordings go into.
package struct S3StoreSetting: WireValue, Sendable {
    package let endpoint: String
    package let region: String
    package let bucket: String
    package let prefix: String
    package let accessKey: String
    /// Nil only where secrets have been left out.
    package let secretKey: Secret?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field(
            "endpoint", \.endpoint,
            .string(
                10...200, pattern: #"^https?://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?$"#,
                "must be https:// and a host name in small letters, with a port if it is another one"
            ) { isEndpoint($0) })
        Field(
            "region", \.region,
            .string(1...40, pattern: "^[a-z0-9-]+$", "must be a region such as us-east-1") { isName($0, "-") })
        Field(
            "bucket", \.bucket,
            .string(3...63, pattern: "^[a-z0-9.-]+$", "must be the name of a bucket") { isName($0, "-.") })
        Field(
            "prefix", \.prefix,
            Schema<String>.string(
                0...200, pattern: "^([A-Za-z0-9_-]+/)*$", "must be empty, or end with a slash, such as gatehouse/"
            ) { isPrefix($0) }.otherwise(""))
        Field(
            "accessKey", \.accessKey,
            .string(1...128, pattern: "^[!-~]+$", "must be the id of an access key") { text in
                text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ",") }
            })
        Field("secretKey", \.secretKey)
    }

    private static func isName(_ text: String, _ more: String) -> Bool {
        text.utf8.allSatisfy { 0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || more.utf8.contains($0) }
    }

    private static func isPrefix(_ text: String) -> Bool {
        guard !text.isEmpty else { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.last?.isEmpty == true
            && parts.dropLast().allSatisfy { part in
                !part.isEmpty && isName(part.lowercased(), "_-")
            }
    }

    private static func isEndpoint(_ text: String) -> Bool {
        guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return false }
        var rest = text.dropFirst(scheme.count)
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            guard isName(String(rest[rest.index(after: rest.startIndex)..<end]), ":") else { return false }
            rest = "x" + rest[rest.index(after: end)...]
        }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count <= 2, let host = parts.first, !host.isEmpty, isName(String(host), ".-") else { return false }
        return parts.count == 1 || (Int(parts[1]).map { 1...65535 ~= $0 } ?? false)
    }
}
