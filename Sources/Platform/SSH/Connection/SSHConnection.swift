import CLibSSH
import Glibc

/// One libssh session on its loop: what the server's and the client's role have in common. Confined to the loop.
///
/// libssh calls back in the middle of its own work, and a write may poll, which calls back again. So callbacks only note
/// what happened and mark the connection; everything else happens in `service`, with nothing of libssh on the stack.
package class SSHConnection: LoopMember {
    /// How the connection ended.
    package enum End: Equatable, Sendable {
        case open
        /// By the peer or the network; the peer's words, if it said some.
        case lost(String)
        /// By us.
        case ended
    }

    package let loop: SSHLoop
    let session: OpaquePointer
    private var event: OpaquePointer?
    private var key: UInt64?
    private var interest: UInt32 = 0
    private var isMarked = false
    private var isReleased = false
    private let traffic = UnsafeMutablePointer<ssh_counter_struct>.allocate(capacity: 2)
    private var baseline = 0
    private(set) var descriptor: Int32

    /// The channels that are in use.
    package private(set) var channels: [SSHChannel] = []
    package private(set) var end = End.open
    package var isOpen: Bool { end == .open }
    /// Called on the loop after anything happened; may close this connection and others.
    package var onActivity: (() -> Void)?
    /// While true nothing is read from the peer: what it sends meanwhile waits in its own send buffer.
    package var isReadingPaused = false { didSet { if isReadingPaused != oldValue { updateInterest() } } }

    /// While nothing is read from the peer, its end of the stream would be noticed with the next write only.
    package var watchesHangUp = false { didSet { if watchesHangUp != oldValue { updateInterest() } } }

    /// libssh reads 4 KiB per poll, so one readiness is worth several.
    private static let pollsPerReadiness = 16
    private static let bytesPerPoll: UInt64 = 4096
    /// Replies that a peer provokes without reading them, by their contents. Beyond this nothing more is read from it.
    private static let mostUnsent = 1 << 20

    init(loop: SSHLoop, session: OpaquePointer, descriptor: Int32) {
        self.loop = loop
        self.session = session
        self.descriptor = descriptor
        traffic.initialize(repeating: ssh_counter_struct(), count: 2)
        ssh_set_counters(session, traffic, traffic + 1)
    }

    deinit {
        release()
        traffic.deallocate()
    }

    // MARK: Life

    /// Puts the session, whose first non-blocking step has been made, into the loop.
    func attach() throws(SSHError) {
        guard let event = ssh_event_new() else { throw SSHError.protocolFailure("out of memory") }
        self.event = event
        guard ssh_event_add_session(event, session) == SSH_OK else {
            throw SSHError.protocolFailure(SSHLibrary.message(session))
        }
        interest = EPOLLIN.rawValue | EPOLLOUT.rawValue
        key = loop.add(self, descriptor: descriptor, events: interest)
    }

    /// Ends the connection, telling the peer why in the text of SSH_MSG_DISCONNECT. The peer gets two seconds to take
    /// what is on its way before the socket is closed.
    package func disconnect(_ reason: String) {
        guard isOpen else { return }
        end = .ended
        for _ in 0..<2 { poll() }  // after a write libssh holds the next packet back until the socket says it may
        let open = ssh_get_fd(session)
        let lingering = open >= 0 ? dup(open) : -1
        if open >= 0 {
            _ = ssh_session_set_disconnect_message(session, SSHLibrary.printable(reason, limit: 400))
            if let key { loop.remove(key, openDescriptor: open) }
            key = nil
            ssh_disconnect(session)
        }
        finish()
        if lingering >= 0 { LingeringClose.start(lingering, on: loop) }
    }

    /// Ends the connection at once, without a word.
    package func abort(_ reason: String = "aborted") {
        guard isOpen else { return }
        end = .lost(reason)
        finish()
    }

    private func finish() {
        let open = ssh_get_fd(session)
        if let key { loop.remove(key, openDescriptor: open >= 0 ? open : nil) }
        key = nil
        for channel in channels { channel.connectionEnded() }
        didEnd()
        mark()
    }

    /// For subclasses: the connection has just ended.
    func didEnd() {}

    /// Frees libssh's objects. Callback structures outlive the session, so the channels go last; that also breaks the
    /// cycle between a connection and its channels.
    private func release() {
        guard !isReleased else { return }
        isReleased = true
        let open = ssh_get_fd(session)
        if let key { loop.remove(key, openDescriptor: open >= 0 ? open : nil) }
        key = nil
        if let event {
            ssh_event_remove_session(event, session)
            ssh_event_free(event)
        }
        event = nil
        ssh_free(session)
        for channel in channels { channel.connectionReleased() }
        channels = []
    }

    // MARK: Events

    func ready(_ events: UInt32) {
        guard isOpen else { return }
        if isReadingPaused, events & EPOLLOUT.rawValue == 0 {
            // Only an error or a hang-up gets here.
            return abort("the connection was lost")
        }
        var polls = unsent > Self.mostUnsent ? 1 : Self.pollsPerReadiness
        while polls > 0 {
            let before = traffic[0].in_bytes
            guard poll() else { break }
            polls -= 1
            // A socket that gave less than was asked for is empty; asking it again is a system call for nothing.
            if traffic[0].in_bytes - before < Self.bytesPerPoll { break }
        }
        act()
    }

    /// One round of libssh's own work. Whether there may be more.
    @discardableResult
    private func poll() -> Bool {
        guard let event else { return false }
        let status = ssh_event_dopoll(event, 0)
        return status != SSH_AGAIN && status != SSH_ERROR
    }

    /// What marked the connection may have been seen to already.
    func service() {
        if isMarked { act() }
    }

    private func act() {
        isMarked = false
        guard !isReleased else { return }
        if isOpen {
            let status = ssh_get_status(session)
            if status & Int32(SSH_CLOSED | SSH_CLOSED_ERROR) != 0 || ssh_get_fd(session) < 0 {
                end = .lost(SSHLibrary.message(session))
                finish()
            }
        }
        if isOpen { advance() }
        onActivity?()
        for channel in channels { channel.onActivity?() }
        if isOpen {
            channels.removeAll { $0.retire() }
            updateInterest()
        } else {
            release()
        }
    }

    /// For subclasses: does what follows from what was received.
    func advance() {}

    /// Makes a call of libssh that may poll in the middle of whatever turn we are in. What it received then makes a turn
    /// of this connection due: a window that opened or a key exchange that ended calls nobody back, and the socket, being
    /// empty now, will not say it again. The same holds for what it could not send.
    func call<R>(_ body: () -> R) -> R {
        let before = traffic[0].in_bytes
        let result = body()
        if traffic[0].in_bytes != before || isCongested { mark() }
        return result
    }

    /// Has `service` called before the loop sleeps.
    func mark() {
        guard !isMarked else { return }
        isMarked = true
        loop.mark(self)
    }

    /// Whether libssh still holds bytes that the socket did not take. Nothing more is written meanwhile: the peer's window
    /// alone may be 4 GiB.
    package var isCongested: Bool { isOpen && ssh_get_status(session) & Int32(SSH_WRITE_PENDING) != 0 }

    /// About how much libssh holds: what it packed, less what the socket took, since it last held nothing.
    private var unsent: Int {
        let balance = Int(traffic[1].out_bytes) - Int(traffic[0].out_bytes)
        if !isCongested { baseline = balance }
        return max(0, balance - baseline)
    }

    func updateInterest() {
        guard let key else { return }
        var wanted: UInt32 = 0
        if !isReadingPaused, unsent <= Self.mostUnsent { wanted |= EPOLLIN.rawValue }
        if isCongested { wanted |= EPOLLOUT.rawValue }
        if isReadingPaused, watchesHangUp { wanted |= EPOLLRDHUP.rawValue }
        guard wanted != interest else { return }
        interest = wanted
        loop.change(key, descriptor: descriptor, events: wanted)
    }

    // MARK: Channels

    func adopt(_ channel: SSHChannel) {
        channels.append(channel)
    }
}
