import CLibSSH
import Glibc

/// A numeric address and a port, IPv4 or IPv6.
package struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    let bytes: [UInt8]  // a sockaddr_in or sockaddr_in6

    init(_ pointer: UnsafePointer<sockaddr>, _ length: socklen_t) {
        bytes = Array(UnsafeRawBufferPointer(start: pointer, count: Int(length)))
    }

    /// Parses a numeric address; names are for the resolver.
    package init?(numeric host: String, port: Int) {
        guard 0...65535 ~= port, let found = Resolver.lookUp(host, port: port, isNumeric: true).first else {
            return nil
        }
        self = found
    }

    /// An address of 4 or 16 bytes, as it stands on the wire.
    init?(_ address: [UInt8], port: UInt16) {
        switch address.count {
        case 4:
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            withUnsafeMutableBytes(of: &four.sin_addr) { $0.copyBytes(from: address) }
            bytes = withUnsafeBytes(of: &four) { Array($0) }
        case 16:
            var six = sockaddr_in6()
            six.sin6_family = sa_family_t(AF_INET6)
            six.sin6_port = port.bigEndian
            withUnsafeMutableBytes(of: &six.sin6_addr) { $0.copyBytes(from: address) }
            bytes = withUnsafeBytes(of: &six) { Array($0) }
        default: return nil
        }
    }

    func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
        bytes.withUnsafeBytes {
            body($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
        }
    }

    var family: Int32 { withPointer { pointer, _ in Int32(pointer.pointee.sa_family) } }

    /// The address without the port. An IPv4 address that came in through an IPv6 socket reads as IPv4.
    package var host: String { name(NI_NUMERICHOST).host.trimmingMappedPrefix }
    package var port: Int { Int(name(NI_NUMERICSERV | NI_NUMERICHOST).service) ?? 0 }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What connections are counted by: one IPv4 address, or one IPv6 network of 64 bits, which is what one customer has.
    package var origin: String {
        guard family == AF_INET6, host.contains(":") else { return host }
        return bytes[8..<16].map { String($0, radix: 16) }.joined(separator: ":")
    }

    private func name(_ flags: Int32) -> (host: String, service: String) {
        withPointer { pointer, length in
            withUnsafeTemporaryAllocation(of: CChar.self, capacity: 96) { buffer in
                let host = buffer.baseAddress!
                let service = host + 64
                guard getnameinfo(pointer, length, host, 64, service, 32, flags | NI_NUMERICSERV) == 0 else {
                    return ("unknown", "0")
                }
                return (String(cString: host), String(cString: service))
            }
        }
    }
}

extension String {
    fileprivate var trimmingMappedPrefix: String {
        hasPrefix("::ffff:") && contains(".") ? String(dropFirst(7)) : self
    }
}
