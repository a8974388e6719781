import Testing

@testable import Kernel

@Suite struct AdmissionBookTests {
    typealias Book = AdmissionBook<String, Int>
    let start = ContinuousClock.now

    /// Numbers that look random and are the same in every run.
    struct Numbers: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
        }
    }

    func book(places: Int = 8, beside: Int = 3) -> Book {
        Book(places: places, placesBesideOthers: beside)
    }

    @Test func `who is alone has all places, and no more`() {
        var book = book()
        let verdicts = (0..<10).map { number in book.enter("a", mostWaiting: 100, at: start) { number } }
        #expect(verdicts == Array(repeating: .goes, count: 8) + [.waits, .waits])
        #expect(book.leave("a", at: start) == [8])
        #expect(book.leave("a", at: start) == [9])
        #expect(book.running(in: "a") == 8)
    }

    @Test func `beside others one has a few, and the next of another finds a place at once`() {
        var book = book()
        #expect(book.enter("b", mostWaiting: 100, at: start) { 0 } == .goes)
        for number in 1...50 { _ = book.enter("a", mostWaiting: 100, at: start) { number } }
        #expect(book.running(in: "a") == 3)
        #expect(book.waiting(in: "a") == 47)
        #expect(book.enter("b", mostWaiting: 100, at: start) { 51 } == .goes)
        #expect(book.enter("c", mostWaiting: 100, at: start) { 52 } == .goes)
        // A second after the last of the others, all places are its own again.
        _ = book.leave("b", at: start)
        _ = book.leave("b", at: start)
        #expect(book.leave("c", at: start) == [])
        let later = start.advanced(by: .seconds(2))
        #expect(book.leave("a", at: later).count == 6)
        #expect(book.running(in: "a") == 8)
    }

    @Test func `it is overrun for a second after somebody has been turned away`() {
        var book = book(places: 1, beside: 1)
        _ = book.enter("a", mostWaiting: 1, at: start) { 0 }
        let before = book.hasRoom(in: "a", mostWaiting: 1, at: start)
        _ = book.enter("a", mostWaiting: 1, at: start) { 1 }
        #expect(before && !book.isOverrun(at: start))
        let after = book.hasRoom(in: "a", mostWaiting: 1, at: start)
        #expect(!after)
        #expect(book.isOverrun(at: start) && book.isOverrun(at: start.advanced(by: .milliseconds(999))))
        let later = start.advanced(by: .seconds(1))
        #expect(!book.isOverrun(at: later))
        #expect(book.enter("a", mostWaiting: 1, at: later) { 2 } == .refused)
        #expect(book.isOverrun(at: later))
    }

    @Test func `those who wait are served in turns over tenants`() {
        var book = book(places: 2, beside: 2)
        for number in 0..<2 { _ = book.enter("a", mostWaiting: 100, at: start) { number } }
        for number in 10..<15 { _ = book.enter("a", mostWaiting: 100, at: start) { number } }
        _ = book.enter("b", mostWaiting: 100, at: start) { 20 }
        _ = book.enter("c", mostWaiting: 100, at: start) { 30 }
        var order: [Int] = []
        var running = ["a", "a"]
        while !running.isEmpty {
            let called = book.leave(running.removeFirst(), at: start)
            order += called
            running += called.map { $0 < 20 ? "a" : $0 < 30 ? "b" : "c" }
        }
        #expect(order == [10, 20, 30, 11, 12, 13, 14])
    }

    @Test func `a tenant whose line is too long is refused, and nobody else`() {
        var book = book(places: 1, beside: 1)
        #expect(book.enter("a", mostWaiting: 2, at: start) { 0 } == .goes)
        #expect(book.enter("a", mostWaiting: 2, at: start) { 1 } == .waits)
        #expect(book.enter("a", mostWaiting: 2, at: start) { 2 } == .waits)
        #expect(book.enter("a", mostWaiting: 2, at: start) { 3 } == .refused)
        #expect(book.enter("b", mostWaiting: 2, at: start) { 4 } == .waits)
    }

    @Test func `nobody waits while there is a place for them, and all are served in the end`() {
        var numbers = Numbers(state: 11)
        for _ in 0..<200 {
            var book = book(places: 4, beside: 2)
            var running: [String] = []
            var waiting: Set<Int> = []
            var names: [Int: String] = [:]
            for number in 0..<200 {
                if !running.isEmpty, Bool.random(using: &numbers) {
                    let called = book.leave(
                        running.remove(at: Int.random(in: 0..<running.count, using: &numbers)), at: start)
                    for ticket in called {
                        #expect(waiting.remove(ticket) != nil)
                        running.append(names[ticket] ?? "")
                    }
                } else {
                    let name = ["a", "a", "a", "b", "c"].randomElement(using: &numbers) ?? "a"
                    names[number] = name
                    switch book.enter(name, mostWaiting: 100, at: start, { number }) {
                    case .goes: running.append(name)
                    case .waits: waiting.insert(number)
                    case .refused: Issue.record("refused")
                    }
                }
                #expect(running.count <= 4)
            }
            while !running.isEmpty {
                for ticket in book.leave(running.removeFirst(), at: start) {
                    waiting.remove(ticket)
                    running.append(names[ticket] ?? "")
                }
            }
            #expect(waiting.isEmpty)
        }
    }
}
