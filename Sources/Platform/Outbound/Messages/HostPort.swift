/// A host and a port as somebody wrote them: an administrator who opens one, or the URL of a request.
///
/// Both go through the same parser and come out the same, so that `EXAMPLE.com.:443` and `example.com:443` are equal,
/// and so are `[::ffff:10.0.0.5]:80`, `0x0a000005:80` and `10.0.0.5:80`.
package struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// A name in lower case without a final dot, or an address in its shortest form, without brackets.
    package let host: String
    package let port: Int

    /// Parses `host:port` or `[address]:port`. The port must be there: opening a host means one service on it.
    package init(parsing text: String) throws(OutboundError) {
        let colon = text.lastIndex(of: ":")
        guard let colon, let port = Int(text[text.index(after: colon)...]), !text.utf8.contains(where: Self.ends) else {
            throw .invalidRequest(.url)
        }
        let url = try OutboundURL("http://\(text)/")
        guard url.destination.port == port else { throw .invalidRequest(.url) }
        self = url.destination
    }

    init(host: String, port: Int) {
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if let address = IPAddress(bare) {
            self.host = address.description
        } else {
            self.host = (bare.hasSuffix(".") ? String(bare.dropLast()) : bare).lowercased()
        }
        self.port = port
    }

    init(address: IPAddress, port: Int) {
        self.host = address.description
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What would end the authority of a URL and leave a different host than the text shows.
    private static func ends(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "#")
            || byte == UInt8(ascii: "\\")
    }
}
