import Kernel

/// Who a balancer says is there.
package enum ProxyHeader: Equatable, Sendable {
    /// It passes on what somebody else sends.
    case client(SocketAddress)
    /// It speaks for itself, as when it looks whether we are alive.
    case own
}

/// Reads the header with which a TCP balancer tells who is behind it: the PROXY protocol of HAProxy, versions 1 and 2.
///
/// It says how many bytes it wants next, which are never more than the header still has, because what comes after belongs to
/// somebody else. Fields that follow the addresses of version 2 are passed over.
package struct ProxyHeaderReader: Sendable {
    package enum Step: Equatable, Sendable {
        case wants(Int)
        case read(ProxyHeader)
        case refused(ProxyHeaderFault)
    }

    /// What comes next.
    package private(set) var step = Step.wants(Self.shortest)
    private var bytes: [UInt8] = []

    /// `PROXY UNKNOWN` with its line's end; version 2 has one more.
    private static let shortest = 15
    /// With two whole IPv6 addresses, and of a family that is not known.
    private static let longestLine = 107
    private static let longestBlock = 4096
    private static let word = Array("PROXY ".utf8)
    private static let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10, 0x51, 0x55, 0x49, 0x54, 10]
    private static let head = 16

    package init() {}

    /// Takes at most as many bytes as are wanted.
    package mutating func receive(_ more: some Collection<UInt8>) {
        guard case .wants(let most) = step else { return }
        precondition(more.count <= most, "bytes that are not the header's")
        bytes += more
        step = next()
    }

    private func next() -> Step {
        if Self.begins(bytes, with: Self.word) {
            return bytes.count < Self.shortest ? .wants(Self.shortest - bytes.count) : line()
        }
        guard Self.begins(bytes, with: Self.signature) else { return .refused(.missing) }
        return bytes.count < Self.shortest ? .wants(Self.shortest - bytes.count) : block()
    }

    private static func begins(_ bytes: [UInt8], with whole: [UInt8]) -> Bool {
        zip(bytes, whole).allSatisfy { $0 == $1 }
    }

    // MARK: Version 1

    private func line() -> Step {
        if let end = bytes.firstIndex(where: { !(0x20...0x7E ~= $0) }) {
            guard bytes[end] == 13 else { return .refused(.malformed("a character that has no place in a line")) }
            switch bytes.count - end {
            case 1: return bytes.count < Self.longestLine ? .wants(1) : .refused(.tooLong)
            case 2 where bytes[end + 1] == 10: return Self.parse(line: String(decoding: bytes[..<end], as: UTF8.self))
            default: return .refused(.malformed("a line that does not end as it should"))
            }
        }
        // The line's end alone has two.
        return bytes.count + 2 <= Self.longestLine ? .wants(2) : .refused(.tooLong)
    }

    private static func parse(line: String) -> Step {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        switch words[1] {
        // It is said of whoever has no address of these families, as of those that come by a unix socket. Looking whether we
        // are alive is no reason to say it: HAProxy names itself then.
        case "UNKNOWN": return .refused(.nameless)
        case "TCP4", "TCP6":
            let isSix = words[1] == "TCP6"
            guard words.count == 6, let source = address(words[2], isSix), address(words[3], isSix) != nil,
                let port = number(words[4]), number(words[5]) != nil, let client = SocketAddress(source, port: port)
            else { return .refused(.malformed("addresses or ports that are none")) }
            return .read(.client(client))
        default: return .refused(.malformed("a family that is not known"))
        }
    }

    private static func address(_ text: Substring, _ isSix: Bool) -> [UInt8]? {
        text.contains(":") == isSix ? AddressRange.bytes(of: String(text)) : nil
    }

    private static func number(_ text: Substring) -> UInt16? {
        UInt16(text).flatMap { String($0) == text ? $0 : nil }
    }

    // MARK: Version 2

    private func block() -> Step {
        guard bytes[12] >> 4 == 2, bytes[12] & 15 <= 1 else {
            return .refused(.malformed("a version or a command that is not known"))
        }
        guard bytes.count >= Self.head else { return .wants(Self.head - bytes.count) }
        let length = Int(bytes[14]) << 8 | Int(bytes[15])
        guard length <= Self.longestBlock else { return .refused(.tooLong) }
        let left = Self.head + length - bytes.count
        if left > 0 { return .wants(left) }
        // What nobody is behind has to be taken, and nothing else of it means anything.
        if bytes[12] & 15 == 0 { return .read(.own) }
        guard bytes[13] >> 4 <= 3, bytes[13] & 15 <= 2 else {
            return .refused(.malformed("a family that is not known"))
        }
        let size: Int
        switch bytes[13] {
        case 0x11: size = 4
        case 0x21: size = 16
        // Somebody is there, and nobody says who: rules by address would judge the balancer in place of them.
        default: return .refused(.nameless)
        }
        let ports = Self.head + 2 * size
        guard bytes.count >= ports + 4,
            let client = SocketAddress(
                Array(bytes[Self.head..<Self.head + size]), port: UInt16(bytes[ports]) << 8 | UInt16(bytes[ports + 1]))
        else { return .refused(.malformed("fewer bytes than its addresses have")) }
        return .read(.client(client))
    }
}

/// Why a balancer's header is not believed, in words for whoever set the balancer up.
package enum ProxyHeaderFault: Error, Equatable, Sendable, CustomStringConvertible {
    case missing
    case tooLong
    case malformed(String)
    case nameless
    case late
    /// It hung up, after so many bytes.
    case cut(after: Int)

    package var description: String {
        switch self {
        case .missing:
            """
            its address is one of ssh.trustedProxies, and it sent no header of the PROXY protocol: have it send one \
            (HAProxy: send-proxy-v2; nginx: proxy_protocol on), or take its address out of the list
            """
        case .tooLong: "its header of the PROXY protocol is longer than any has to be"
        case .malformed(let what): "its header of the PROXY protocol has \(what)"
        case .nameless:
            """
            its header of the PROXY protocol does not say who the client is: it has to carry clients that come by TCP \
            over IPv4 or IPv6
            """
        case .late: "its header of the PROXY protocol took too long"
        case .cut(let count): "it hung up after \(count) bytes of its header of the PROXY protocol"
        }
    }
}
