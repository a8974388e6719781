import Glibc

/// TCP connections for client libraries that take a socket instead of opening their own: the policy is asked about every
/// address that the name resolves to, and the connection goes to that address and no other.
///
/// Resolving and connecting block the calling thread, which must be one that may, for no longer than the timeout.
package enum GuardedSocket {
    /// A connected, blocking socket that the caller closes.
    package static func connect(
        to destination: HostPort, egress: EgressPolicy, timeout: Duration
    ) throws(OutboundError) -> Int32 {
        let deadline = ContinuousClock.now + timeout
        var failure = OutboundError.nameNotFound(destination)
        for candidate in try NameLookUp.shared.waitForAddresses(of: destination, by: deadline) {
            guard egress.permits(candidate.address, port: destination.port, askedFor: destination) else {
                failure = .destinationRefused(destination)
                continue
            }
            guard let descriptor = open(candidate, until: deadline) else {
                guard ContinuousClock.now < deadline else { throw .timedOut(destination, .connecting) }
                failure = .notConnected(destination)
                continue
            }
            return descriptor
        }
        throw failure
    }

    private static func open(_ candidate: NameLookUp.Candidate, until deadline: ContinuousClock.Instant) -> Int32? {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(candidate.family, kind, 0)
        guard descriptor >= 0 else { return nil }
        guard begin(descriptor, candidate.bytes), isConnected(descriptor, by: deadline),
            fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK) == 0
        else {
            close(descriptor)
            return nil
        }
        // Whoever asks and waits for an answer has nothing to gain from holding the question back.
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return descriptor
    }

    private static func begin(_ descriptor: Int32, _ address: [UInt8]) -> Bool {
        let result = address.withUnsafeBytes { bytes in
            Glibc.connect(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        return result == 0 || errno == EINPROGRESS
    }

    private static func isConnected(_ descriptor: Int32, by deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
            guard milliseconds > 0 else { return false }
            var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let ready = poll(&wait, 1, Int32(clamping: milliseconds))
            if ready < 0, errno == EINTR { continue }
            guard ready > 0 else { return false }
            var code: Int32 = 0
            var length = socklen_t(MemoryLayout<Int32>.size)
            return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 && code == 0
        }
    }
}
