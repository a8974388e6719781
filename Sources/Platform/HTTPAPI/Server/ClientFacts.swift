import HTTPTypes
import Kernel

/// Who the client is and how it came, as far as those in between are trusted to say so.
struct ClientFacts: Equatable {
    let address: String
    let isSecure: Bool

    init(peer: String, headers: HTTPFields, trusted: [AddressRange], isSecure: Bool) {
        address = ForwardedClient.address(peer: peer, chain: headers[.forwardedFor], trusted: trusted)
        self.isSecure = isSecure || trusted.contains(peer) && headers[.forwardedProto]?.lowercased() == "https"
    }
}

/// A Host header that can be trusted to be one name.
struct HostName: Equatable {
    /// In lower case, without the port.
    let name: String
    let authority: String

    init?(_ authority: String) {
        let authority = authority.lowercased()
        guard 1...261 ~= authority.utf8.count else { return nil }
        var name = authority[...]
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            name = authority[...end]
            guard AddressRange.bytes(of: String(name.dropFirst().dropLast())) != nil else { return nil }
        } else {
            name = authority.prefix { $0 != ":" }
            guard Self.isName(name) else { return nil }
        }
        let rest = authority[name.endIndex...]
        if !rest.isEmpty {
            guard rest.first == ":", let port = UInt16(rest.dropFirst()), port > 0, String(port) == rest.dropFirst()
            else { return nil }
        }
        self.name = String(name)
        self.authority = authority
    }

    private static func isName(_ text: Substring) -> Bool {
        guard 1...253 ~= text.utf8.count else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            let bytes = label.utf8
            return 1...63 ~= bytes.count && bytes.first != dash && bytes.last != dash
                && bytes.allSatisfy { byte in
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                        || byte == dash || byte == UInt8(ascii: "_")
                }
        }
    }

    private static let dash = UInt8(ascii: "-")
}

extension HTTPField.Name {
    static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")!
    static let traceparent = HTTPField.Name("traceparent")!
    static let requestID = HTTPField.Name("X-Request-Id")!
}
