import FoundationEssentials
import GatewayContract
import Kernel
import Testing

@testable import Sessions

@Suite struct SessionLifeTests {
    let start = Date(timeIntervalSince1970: 1_795_000_000)

    func counters(_ amount: Int) -> Counters {
        Counters(
            seconds: amount, bytesIn: amount * 3, bytesOut: amount * 5, recordedBytes: amount * 7, commands: amount / 4)
    }

    func report(_ sequence: Int, _ amount: Int, _ state: ReportedState = .live) -> SessionReport {
        SessionReport(session: .new(), sequence: sequence, state: state, counters: counters(amount))
    }

    func end(_ reason: EndReason = .exited, _ amount: Int) -> SessionEnd {
        SessionEnd(sequence: 99, reason: reason, text: nil, exitStatus: 0, counters: counters(amount), chain: nil)
    }

    @Test func `a live report makes a pending session live`() {
        var life = SessionLife(createdAt: start)
        _ = life.report(report(1, 0, .pending), at: start + 1)
        #expect(life.state == .pending)
        _ = life.report(report(2, 1), at: start + 2)
        #expect(life.state == .live)
        #expect(life.connectedAt == start + 2)
        life.connect(at: start + 1.5)
        #expect(life.connectedAt == start + 1.5)
    }

    @Test func `the first end stays`() {
        var life = SessionLife(createdAt: start)
        let ended = life.end(.terminated, text: "by Bob", at: start + 5)
        let endedAgain = life.end(.idle, text: nil, at: start + 6)
        #expect(ended && !endedAgain)
        #expect(life.ending == .init(at: start + 5, reason: .terminated, text: "by Bob"))
        _ = life.close(end(.exited, 4), at: start + 7)
        #expect(life.ending?.reason == .terminated)
        #expect(life.closedAt == start + 7)
    }

    @Test func `what a worker counts after its session was ended from outside still counts, until its last word`() {
        var life = SessionLife(createdAt: start)
        _ = life.report(report(1, 10), at: start + 20)
        life.end(.grantRevoked, text: nil, at: start + 21)
        let reported = life.report(report(2, 12), at: start + 22)
        let closed = life.close(end(.exited, 13), at: start + 23)
        let closedAgain = life.close(end(.exited, 50), at: start + 60)
        let late = life.report(report(3, 60), at: start + 90)
        #expect(reported.seconds == 2)
        #expect(closed?.seconds == 1)
        #expect(closedAgain == nil)
        #expect(late == .zero)
        #expect(life.counters.seconds == 13)
    }

    @Test func `a worker cannot make time up`() {
        var life = SessionLife(createdAt: start)
        let added = life.report(report(1, 100_000), at: start + 10)
        #expect(added.seconds == 15)
    }

    /// Reports are repeated, swapped and lost at random; what is billed is always what the worker counted in the end.
    @Test(arguments: 0..<200)
    func `whatever happens to reports on their way, the sum of what they add is the last count`(seed: UInt64) {
        var random = SplitMix(state: seed)
        let amounts = (1...40).reduce(into: [0]) { list, _ in
            list.append((list.last ?? 0) + Int.random(in: 0...9, using: &random))
        }
        let sent = amounts.indices.dropFirst().map { report($0, amounts[$0]) }
        var arriving: [SessionReport] = []
        for report in sent {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: break
            case 1: arriving += [report, report]
            case 2: arriving.insert(report, at: Int.random(in: 0...arriving.count, using: &random))
            default: arriving.append(report)
            }
        }
        let closing = end(.exited, amounts.last ?? 0)
        var life = SessionLife(createdAt: start)
        var sum = Counters.zero
        let late = Int.random(in: 0...arriving.count, using: &random)
        for report in arriving.prefix(late) { sum.add(life.report(report, at: start + 10_000)) }
        if let added = life.close(closing, at: start + 10_000) { sum.add(added) }
        for report in arriving.dropFirst(late) { sum.add(life.report(report, at: start + 10_000)) }
        if let added = life.close(closing, at: start + 10_000) { sum.add(added) }
        #expect(sum == closing.counters)
        #expect(life.counters == closing.counters)
    }
}

/// A small generator with a seed, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension Counters {
    fileprivate mutating func add(_ other: Counters) {
        self = Counters(
            seconds: seconds + other.seconds, bytesIn: bytesIn + other.bytesIn, bytesOut: bytesOut + other.bytesOut,
            recordedBytes: recordedBytes + other.recordedBytes, commands: commands + other.commands)
    }
}
