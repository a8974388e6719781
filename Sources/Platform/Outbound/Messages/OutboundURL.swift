import CCurl

/// A URL that a request may be sent to: `http` or `https`, with a host, without credentials, printable ASCII.
///
/// libcurl's own parser reads it, and libcurl gets the parser's result: there is no second reading that could find
/// another host in the same text. Path and query may hold secrets (webhook URLs do), so the description leaves them out.
package struct OutboundURL: Sendable, Hashable, CustomStringConvertible {
    /// The whole URL, secrets included.
    package let text: String
    package let destination: HostPort
    package let isSecure: Bool

    static let longest = 8192

    package init(_ text: String) throws(OutboundError) {
        // libcurl forgives a third slash, and takes the next word for the host.
        if let slashes = text.firstRange(of: "://"), text[slashes.upperBound...].hasPrefix("/") {
            throw .invalidRequest(.url)
        }
        self = try Self.parsed { text.setting($0) }
    }

    /// The address of a WebSocket, `wss` or `ws`, as what is connected to: `https` or `http`.
    package init(webSocket text: String) throws(OutboundError) {
        guard let colon = text.firstIndex(of: ":") else { throw .invalidRequest(.url) }
        switch text[..<colon].lowercased() {
        case "wss": try self.init("https" + text[colon...])
        case "ws": try self.init("http" + text[colon...])
        default: throw .invalidRequest(.url)
        }
    }

    /// Where a `Location` header leads to, relative to this URL.
    func following(_ location: String) throws(OutboundError) -> OutboundURL {
        let base = text
        return try Self.parsed { base.setting($0) && location.setting($0) }
    }

    package var description: String { "\(isSecure ? "https" : "http")://\(destination)/…" }

    private static func parsed(_ fill: (OpaquePointer) -> Bool) throws(OutboundError) -> OutboundURL {
        guard let handle = curl_url() else { throw .invalidRequest(.url) }
        defer { curl_url_cleanup(handle) }
        guard fill(handle),
            let scheme = part(CURLUPART_SCHEME, of: handle),
            scheme == "https" || scheme == "http",
            let host = part(CURLUPART_HOST, of: handle), !host.isEmpty,
            let port = part(CURLUPART_PORT, of: handle, flags: CURLU_DEFAULT_PORT).flatMap(Int.init),
            (1...65535).contains(port),
            part(CURLUPART_ZONEID, of: handle) == nil
        else { throw .invalidRequest(.url) }
        guard part(CURLUPART_USER, of: handle) == nil, part(CURLUPART_PASSWORD, of: handle) == nil else {
            throw .invalidRequest(.credentialsInURL)
        }
        // The fragment stays here: it is not sent, and must not be what makes two URLs different.
        curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
        guard let text = part(CURLUPART_URL, of: handle), text.utf8.count <= longest else {
            throw .invalidRequest(.url)
        }
        return OutboundURL(
            text: text, destination: HostPort(host: host, port: port), isSecure: scheme == "https")
    }

    private init(text: String, destination: HostPort, isSecure: Bool) {
        self.text = text
        self.destination = destination
        self.isSecure = isSecure
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer, flags: CInt = 0) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &value, CUnsignedInt(flags)) == CURLUE_OK, let value else { return nil }
        defer { curl_free(value) }
        return String(cString: value)
    }
}

extension String {
    /// Gives the text to a URL handle, if it is printable ASCII: anything else is written percent-encoded by its author.
    fileprivate func setting(_ handle: OpaquePointer) -> Bool {
        !isEmpty && utf8.count <= OutboundURL.longest && utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && curl_url_set(handle, CURLUPART_URL, self, 0) == CURLUE_OK
    }
}
