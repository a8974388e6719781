import CLibSSH
import Glibc

/// Waits on a loop for the header of a balancer, and reads not a byte beyond it. Confined to its loop.
final class ProxyGreeting: LoopMember {
    private let descriptor: Int32
    private let loop: SSHLoop
    private let arrival = LoopSignal()
    private var reader = ProxyHeaderReader()
    private var fault: ProxyHeaderFault?
    private var count = 0

    init(_ descriptor: Int32, on loop: SSHLoop) {
        self.descriptor = descriptor
        self.loop = loop
    }

    nonisolated(nonsending) func header(within limit: Duration) async throws(ProxyHeaderFault) -> ProxyHeader {
        let key = loop.add(self, descriptor: descriptor, events: EPOLLIN.rawValue)
        let timer = loop.after(limit) { [weak self] in self?.end(.late) }
        await arrival.wait()
        timer.cancel()
        loop.remove(key, openDescriptor: descriptor)
        if case .read(let header) = reader.step { return header }
        throw fault ?? .late
    }

    func ready(_ events: UInt32) {
        while fault == nil, case .wants(let most) = reader.step {
            let scratch = loop.scratch
            let got = recv(descriptor, scratch.baseAddress, min(most, scratch.count), 0)
            if got < 0, errno == EINTR { continue }
            if got < 0, errno == EAGAIN { return }
            guard got > 0 else { return end(.cut(after: count)) }
            count += got
            reader.receive(scratch[..<got])
            switch reader.step {
            case .wants: continue
            case .read: arrival.fire()
            case .refused(let why): end(why)
            }
        }
    }

    func service() {}

    private func end(_ why: ProxyHeaderFault) {
        guard fault == nil else { return }
        fault = why
        arrival.fire()
    }
}

extension AcceptedSocket {
    /// Who is really there. A balancer has to say so first, in so much time; from anybody else nothing is read. To be called
    /// on the loop; a socket of which this fails is closed.
    package nonisolated(nonsending) func known(
        within limit: Duration, on loop: SSHLoop
    ) async throws(ProxyHeaderFault) -> AcceptedSocket? {
        guard isFromProxy else { return self }
        let header: ProxyHeader
        do throws(ProxyHeaderFault) {
            header = try await ProxyGreeting(descriptor, on: loop).header(within: limit)
        } catch {
            refuse()
            throw error
        }
        let client = if case .client(let client) = header { client } else { peer }
        guard ticket.settle(as: client.origin) else {
            ticket.leave()
            SSHListener.turnAway(descriptor)
            return nil
        }
        return AcceptedSocket(descriptor: descriptor, peer: client, ticket: ticket, isFromProxy: header == .own)
    }
}
