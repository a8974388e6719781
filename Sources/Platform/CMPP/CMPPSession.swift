import Cryptography

/// One connection to a gateway, from CONNECT to TERMINATE. A value without socket and clock: it is told what came and how
/// much time has passed, and says what to do.
struct CMPPSession: Sendable {
    enum Step: Sendable, Equatable {
        case send([UInt8])
        /// The gateway has let us in, and has shown that it knows the secret.
        case opened
        /// All parts of a text were taken.
        case taken(Int, [CMPPMessageID])
        case failed(Int, CMPPError)
        case report(CMPPReport)
        /// Nothing more follows; nil if the end is in order.
        case close(CMPPError?)
    }

    /// How long the answer to CONNECT and to SUBMIT may take. Whoever waits for a code has given up by then.
    static let patience = Duration.seconds(10)
    /// How long it is kept open after the last message, so that reports about it find us.
    static let linger = Duration.seconds(120)
    /// After so long without a word the gateway is asked whether it is there.
    static let silence = Duration.seconds(30)
    /// So many messages may be sent and not yet answered (§6.2.3).
    static let window = 16
    /// So many parts may wait for that.
    static let most = 256

    private enum Phase: Equatable { case connecting, open, closing, over }

    private struct Part {
        let ticket: Int
        let body: [UInt8]
    }

    private struct Sent {
        let ticket: Int
        let at: Duration
    }

    private struct Ticket {
        var left: Int
        var messages: [CMPPMessageID] = []
    }

    private let account: CMPPAccount
    private let authenticator: [UInt8]
    private let time: CMPPTime
    private var phase = Phase.connecting
    private var arrived: [UInt8] = []
    private var sequence: UInt32 = 0
    private var waiting: [Part] = []
    private var sent: [UInt32: Sent] = [:]
    private var tickets: [Int: Ticket] = [:]
    private var begun = Duration.zero
    private var lastHeard = Duration.zero
    private var lastMessage = Duration.zero
    private var testedAt: Duration?

    init(_ account: CMPPAccount, at time: CMPPTime) {
        self.account = account
        self.time = time
        authenticator = account.authenticator(at: time)
    }

    var isOver: Bool { phase == .over || phase == .closing }

    mutating func begin(now: Duration) -> [Step] {
        begun = now
        lastHeard = now
        lastMessage = now
        let body = CMPPBytes.text(account.source, 6) + authenticator + [0x20] + CMPPBytes.of(time.number)
        return [send(.connect, body)]
    }

    /// Sends a text, or keeps it until the gateway has room. `ticket` comes back with what became of it.
    mutating func submit(_ message: CMPPMessage, ticket: Int, now: Duration) -> [Step] {
        guard !isOver else { return [.failed(ticket, .notThere)] }
        guard waiting.count + message.parts.count <= Self.most else { return [.failed(ticket, .busy)] }
        tickets[ticket] = Ticket(left: message.parts.count)
        waiting += message.parts.indices.map { Part(ticket: ticket, body: message.body(of: $0, from: account)) }
        lastMessage = now
        return drain(now)
    }

    mutating func receive(_ bytes: [UInt8], now: Duration) -> [Step] {
        guard phase != .over else { return [] }
        arrived += bytes
        lastHeard = now
        testedAt = nil
        var steps: [Step] = []
        do throws(CMPPFault) {
            while phase != .over, let frame = try CMPPFrame.take(from: &arrived) {
                steps += try answer(frame, now)
            }
        } catch {
            steps += end(.unreadable(error))
        }
        return steps
    }

    /// Some time has passed. It is to be called about once a second.
    mutating func wakeUp(now: Duration) -> [Step] {
        switch phase {
        case .over: return []
        case .connecting: return now - begun >= Self.patience ? end(.noAnswer) : []
        case .closing: return now - begun >= Self.patience ? end(nil) : []
        case .open: break
        }
        var steps: [Step] = []
        // What was not answered may have been taken: it is not sent again, and its answer is no longer waited for.
        let late = sent.filter { now - $0.value.at >= Self.patience }
        for (number, part) in late {
            sent[number] = nil
            steps += fail(part.ticket, .noAnswer)
        }
        if let testedAt, now - testedAt >= Self.patience { return steps + end(.noAnswer) }
        if now - lastMessage >= Self.linger, sent.isEmpty, waiting.isEmpty {
            phase = .closing
            begun = now
            return steps + [send(.terminate)]
        }
        if testedAt == nil, now - lastHeard >= Self.silence {
            testedAt = now
            steps.append(send(.activeTest))
        }
        return steps + drain(now)
    }

    /// The connection is gone.
    mutating func hungUp() -> [Step] { phase == .over ? [] : end(.notThere) }

    // MARK: what came

    private mutating func answer(_ frame: CMPPFrame, _ now: Duration) throws(CMPPFault) -> [Step] {
        guard let command = CMPPCommand(rawValue: frame.command) else { throw .unexpected(frame.command) }
        switch (command, phase) {
        case (.connectAnswer, .connecting): return try admitted(frame.body, now)
        case (.submitAnswer, .open), (.submitAnswer, .closing): return try taken(frame, now)
        case (.deliver, .open), (.deliver, .closing):
            let report = try CMPPReport.read(frame.body)
            let answer = CMPPFrame(.deliverAnswer, frame.sequence, Array(frame.body.prefix(8)) + [0])
            return [.send(answer.bytes)] + (report.map { [.report($0)] } ?? [])
        case (.activeTest, .open), (.activeTest, .closing):
            return [.send(CMPPFrame(.activeTestAnswer, frame.sequence, [0]).bytes)]
        case (.activeTestAnswer, .open), (.activeTestAnswer, .closing): return []
        case (.terminate, _):
            return [.send(CMPPFrame(.terminateAnswer, frame.sequence).bytes)] + end(.notThere)
        case (.terminateAnswer, .closing): return end(nil)
        default: throw .unexpected(frame.command)
        }
    }

    private mutating func admitted(_ body: [UInt8], _ now: Duration) throws(CMPPFault) -> [Step] {
        guard body.count == 18 else { throw .body }
        guard body[0] == 0 else { return end(.notAdmitted(CMPPAdmission(rawValue: body[0]) ?? .other)) }
        // Whoever does not know the secret gets no numbers and no codes from us.
        guard ConstantTime.equals(Array(body[1..<17]), account.answer(to: authenticator, status: 0)) else {
            return end(.notTheGateway)
        }
        phase = .open
        return [.opened] + drain(now)
    }

    private mutating func taken(_ frame: CMPPFrame, _ now: Duration) throws(CMPPFault) -> [Step] {
        guard frame.body.count == 9 else { throw .body }
        guard let part = sent.removeValue(forKey: frame.sequence) else { return [] }
        let result = CMPPResult(rawValue: frame.body[8])
        guard result.rawValue == 0 else { return fail(part.ticket, .refused(result)) + drain(now) }
        guard var ticket = tickets[part.ticket] else { return drain(now) }
        ticket.left -= 1
        ticket.messages.append(CMPPMessageID(number: CMPPBytes.uint64(frame.body, at: 0)))
        tickets[part.ticket] = ticket.left > 0 ? ticket : nil
        return (ticket.left > 0 ? [] : [.taken(part.ticket, ticket.messages)]) + drain(now)
    }

    // MARK: what goes

    private mutating func send(_ command: CMPPCommand, _ body: [UInt8] = []) -> Step {
        sequence = sequence == .max ? 1 : sequence + 1
        return .send(CMPPFrame(command, sequence, body).bytes)
    }

    private mutating func drain(_ now: Duration) -> [Step] {
        guard phase == .open else { return [] }
        var steps: [Step] = []
        while sent.count < Self.window, !waiting.isEmpty {
            let part = waiting.removeFirst()
            steps.append(send(.submit, part.body))
            sent[sequence] = Sent(ticket: part.ticket, at: now)
        }
        return steps
    }

    /// What is left of a text is not sent: half of it is of no use.
    private mutating func fail(_ ticket: Int, _ error: CMPPError) -> [Step] {
        waiting.removeAll { $0.ticket == ticket }
        return tickets.removeValue(forKey: ticket) == nil ? [] : [.failed(ticket, error)]
    }

    private mutating func end(_ error: CMPPError?) -> [Step] {
        let asked = Set(sent.values.map(\.ticket))
        phase = .over
        waiting = []
        sent = [:]
        let left = tickets.keys.sorted()
        tickets = [:]
        return left.map { .failed($0, asked.contains($0) ? .noAnswer : error ?? .notThere) } + [.close(error)]
    }
}
