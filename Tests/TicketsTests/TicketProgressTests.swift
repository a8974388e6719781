import Access
import Assets
import FoundationEssentials
import Kernel
import Testing

@testable import Tickets

@Suite struct TicketProgressTests {
    private static let now = Date(timeIntervalSince1970: 1_795_000_000)
    private static let (rita, ann, abe, bob, zoe) = (
        UserID.new(), UserID.new(), UserID.new(), UserID.new(), UserID.new()
    )
    private static let (web, db) = (AssetID.new(), AssetID.new())

    /// Ann and Abe decide the first level, Bob and Ann the second. Rita, who asks, is named on both by mistake.
    private static func ticket(_ state: TicketState, deciders: [UserID] = []) throws -> TicketProgress {
        TicketProgress(
            id: .new(), requester: rita, reason: "Disk is full",
            ask: TicketAsk(
                assets: [web, db], accounts: [try AccountName("root"), try AccountName("deploy")], protocols: [.ssh],
                actions: [.connect, .upload], startsAt: nil, duration: 3600),
            state: state, levels: levels(state, deciders))
    }

    private static func levels(_ state: TicketState, _ deciders: [UserID]) -> [TicketLevel] {
        let seats = [[ann, abe, rita], [bob, ann, rita]]
        return seats.indices.map { index in
            let answer = deciders.dropFirst(index).first
            let isLast = deciders.count == index + 1
            let outcome: TicketOutcome = isLast && state.word == .rejected ? .rejected : .approved
            return TicketLevel(
                PlannedLevel(
                    name: "Level", seats: seats[index].map { Seat(user: $0, reason: .named) }, deadline: 60),
                openedAt: index <= deciders.count ? now : nil,
                answers: answer.map { [TicketAnswer(user: $0, outcome: outcome, at: now)] } ?? [])
        }
    }

    enum Situation: String, CaseIterable {
        case firstLevel, secondLevel, pastDeadline, approved, rejected, withdrawn, expired

        func ticket() throws -> TicketProgress {
            let now = TicketProgressTests.now
            switch self {
            case .firstLevel: return try TicketProgressTests.ticket(.open(level: 1))
            case .secondLevel: return try TicketProgressTests.ticket(.open(level: 2), deciders: [ann])
            case .pastDeadline:
                var ticket = try TicketProgressTests.ticket(.open(level: 1))
                ticket[1].openedAt = now.addingTimeInterval(-60)
                return ticket
            case .approved: return try TicketProgressTests.ticket(.approved(at: now), deciders: [ann, bob])
            case .rejected: return try TicketProgressTests.ticket(.rejected(at: now), deciders: [ann])
            case .withdrawn: return try TicketProgressTests.ticket(.withdrawn(at: now))
            case .expired: return try TicketProgressTests.ticket(.expired(at: now))
            }
        }
    }

    enum Person: String, CaseIterable {
        case requester, approverOfBoth, approverOfFirst, approverOfSecond, stranger

        var id: UserID {
            switch self {
            case .requester: rita
            case .approverOfBoth: ann
            case .approverOfFirst: abe
            case .approverOfSecond: bob
            case .stranger: zoe
            }
        }
    }

    /// What has to come of a decision: an error or the state after it. Written apart from the code, as a table.
    private static func expected(_ situation: Situation, _ person: Person, _ outcome: TicketOutcome) -> Result<
        TicketState, TicketError
    > {
        switch situation {
        case .approved, .rejected, .withdrawn, .expired: return .failure(.notOpen)
        case .pastDeadline: return .failure(.expired)
        case .firstLevel:
            switch person {
            case .requester: return .failure(.ownTicket)
            case .approverOfSecond, .stranger: return .failure(.notYours)
            case .approverOfBoth, .approverOfFirst:
                return .success(outcome == .approved ? .open(level: 2) : .rejected(at: now))
            }
        case .secondLevel:
            switch person {
            case .requester: return .failure(.ownTicket)
            case .approverOfFirst, .stranger: return .failure(.notYours)
            case .approverOfBoth: return .failure(.alreadyDecided)
            case .approverOfSecond:
                return .success(outcome == .approved ? .approved(at: now) : .rejected(at: now))
            }
        }
    }

    @Test(arguments: Situation.allCases, Person.allCases)
    func `a decision has the effect that state and person allow`(_ situation: Situation, _ person: Person) throws {
        for outcome in TicketOutcome.allCases {
            let ticket = try situation.ticket()
            let result = Result { () throws(TicketError) in
                try ticket.decided(by: person.id, outcome, on: ticket.digest, at: Self.now)
            }
            switch (Self.expected(situation, person, outcome), result) {
            case (.success(let state), .success(let after)):
                #expect(after.progress.state == state)
                #expect(after.progress.answers.map(\.user) == ticket.answers.map(\.user) + [person.id])
                #expect(after.progress.ask == ticket.ask)
            case (.failure(let expected), .failure(let error)): #expect(error == expected)
            case (_, let result): Issue.record("\(situation) \(person) \(outcome): \(result)")
            }
        }
    }

    @Test(arguments: Situation.allCases, Person.allCases)
    func `only who asked takes a request back, and only while it is open`(
        _ situation: Situation, _ person: Person
    ) throws {
        let ticket = try situation.ticket()
        let isOpen = [.firstLevel, .secondLevel, .pastDeadline].contains(situation)
        switch (person, isOpen) {
        case (.requester, true):
            #expect(try ticket.withdrawn(by: person.id, at: Self.now).state == .withdrawn(at: Self.now))
        case (.requester, false):
            #expect(throws: TicketError.notOpen) { try ticket.withdrawn(by: person.id, at: Self.now) }
        case (_, _): #expect(throws: TicketError.notFound) { try ticket.withdrawn(by: person.id, at: Self.now) }
        }
    }

    @Test(arguments: Situation.allCases)
    func `an open request expires at its deadline and not before`(_ situation: Situation) throws {
        let ticket = try situation.ticket()
        guard let deadline = ticket.deadline else {
            #expect(ticket.ticked(at: Self.now.addingTimeInterval(1e9)).happenings == [])
            #expect(![.firstLevel, .secondLevel, .pastDeadline].contains(situation))
            return
        }
        #expect(ticket.ticked(at: deadline.addingTimeInterval(-0.001)).progress == ticket)
        #expect(ticket.ticked(at: deadline).progress.state == .expired(at: deadline))
    }

    @Test func `a link decides its own level and no other`() throws {
        let ticket = try Self.ticket(.open(level: 2), deciders: [Self.abe])
        #expect(throws: TicketError.levelDone) {
            try ticket.decided(by: Self.ann, .approved, on: ticket.digest, onlyAt: 1, at: Self.now)
        }
        #expect(
            try ticket.decided(by: Self.ann, .approved, on: ticket.digest, onlyAt: 2, at: Self.now).progress.state.word
                == .approved)
    }

    @Test func `a decision on other content is refused, whatever differs`() throws {
        let ticket = try Self.ticket(.open(level: 1))
        let changes: [(inout TicketProgress) throws -> Void] = [
            { $0.reason += "." }, { $0.ask.duration += 1 }, { $0.ask.assets.removeLast() },
            { $0.ask.accounts.removeLast() }, { $0.ask.actions.removeLast() }, { $0.ask.startsAt = Self.now },
            { $0.id = .new() }, { $0.requester = Self.zoe }, { $0.ask.protocols = [] },
        ]
        for change in changes {
            var changed = ticket
            try change(&changed)
            #expect(changed.digest != ticket.digest)
            #expect(throws: TicketError.changed) {
                try changed.decided(by: Self.ann, .approved, on: ticket.digest, at: Self.now)
            }
            #expect(throws: TicketError.changed) {
                try changed.decided(by: Self.ann, .rejected, on: ticket.digest, at: Self.now)
            }
        }
        for digest in [[], Array(ticket.digest.dropLast()), ticket.digest + [0]] {
            #expect(throws: TicketError.changed) {
                try ticket.decided(by: Self.ann, .approved, on: digest, at: Self.now)
            }
        }
    }

    @Test func `the digest does not depend on the order in which things are listed`() throws {
        let ticket = try Self.ticket(.open(level: 1))
        var turned = ticket
        turned.ask.assets.reverse()
        turned.ask.accounts.reverse()
        turned.ask.actions.reverse()
        #expect(turned.digest == ticket.digest)
    }

    @Test func `an approver takes away and never adds`() throws {
        let ticket = try Self.ticket(.open(level: 1))
        let root = try AccountName("root")
        func narrowed(_ narrowing: Narrowing) throws -> TicketAsk {
            try ticket.decided(by: Self.ann, .approved, on: ticket.digest, narrowing: narrowing, at: Self.now).progress
                .ask
        }
        #expect(try narrowed(Narrowing(assets: [Self.db])).assets == [Self.db])
        #expect(try narrowed(Narrowing(accounts: [root])).accounts == [root])
        #expect(try narrowed(Narrowing(actions: [.connect])).actions == [.connect])
        #expect(try narrowed(Narrowing(duration: 60)).duration == 60)
        #expect(try narrowed(Narrowing(duration: 3600)).duration == 3600)
        let wider: [Narrowing] = [
            Narrowing(assets: [Self.web, .new()]), Narrowing(assets: []),
            Narrowing(accounts: [try AccountName("oracle")]),
            Narrowing(accounts: []), Narrowing(actions: [.connect, .delete]),
            Narrowing(duration: 3601), Narrowing(duration: 59), Narrowing(duration: -1),
        ]
        for narrowing in wider { #expect(throws: TicketError.wider) { try narrowed(narrowing) } }
        // Whatever else may be done, nobody could come in to do it.
        for actions in [[], [AccessAction.upload]] {
            #expect(throws: TicketError.opensNothing) { try narrowed(Narrowing(actions: actions)) }
        }
    }

    @Test func `what was narrowed has another digest`() throws {
        let ticket = try Self.ticket(.open(level: 1))
        let after = try ticket.decided(
            by: Self.ann, .approved, on: ticket.digest, narrowing: Narrowing(duration: 60), at: Self.now
        ).progress
        #expect(throws: TicketError.changed) {
            try after.decided(by: Self.bob, .approved, on: ticket.digest, at: Self.now)
        }
        #expect(
            try after.decided(by: Self.bob, .approved, on: after.digest, at: Self.now).progress.state.word == .approved)
    }

    @Test func `a request of which nothing is left can be rejected and not approved`() throws {
        var ticket = try Self.ticket(.open(level: 1))
        ticket.ask.assets = []
        #expect(throws: TicketError.nothingLeft) {
            try ticket.decided(by: Self.ann, .approved, on: ticket.digest, at: Self.now)
        }
        #expect(
            try ticket.decided(by: Self.ann, .rejected, on: ticket.digest, at: Self.now).progress.state.word
                == .rejected)
    }

    @Test(
        arguments: [
            ([], true), ([["a"]], true), ([[]], false), ([["a"], ["a"]], false), ([["a", "b"], ["a"]], true),
            ([["a"], ["a", "b"]], true), ([["a", "b"], ["a", "b"], ["a", "b"]], false),
            ([["a", "b"], ["b", "c"], ["a"]], true), ([["a"], ["b"], []], false),
            ([["a", "b"], ["a", "b"], ["a", "b", "c"]], true),
            ([["a"], ["a", "b"], ["b", "c"], ["c", "d"], ["d", "e"]], true),
        ] as [([[String]], Bool)])
    func `different people must be found for all levels`(_ levels: [[String]], _ can: Bool) {
        let ids = Dictionary(uniqueKeysWithValues: "abcde".map { (String($0), UserID.new()) })
        #expect((FlowPlan.unfilled(levels.map { (Set($0.compactMap { ids[$0] }), 1) }) == nil) == can)
    }

    /// Against trying all assignments, for every way to put up to three people on up to three levels.
    @Test func `the search for different people finds them whenever they exist`() {
        let people = (0..<3).map { _ in UserID.new() }
        let sets = (0..<8).map { bits in Set(people.indices.filter { bits >> $0 & 1 == 1 }.map { people[$0] }) }
        func exists(_ levels: ArraySlice<Set<UserID>>, _ used: Set<UserID>) -> Bool {
            guard let first = levels.first else { return true }
            return first.subtracting(used).contains { exists(levels.dropFirst(), used.union([$0])) }
        }
        for first in sets {
            for second in sets {
                for third in sets {
                    let levels = [first, second, third]
                    #expect((FlowPlan.unfilled(levels.map { ($0, 1) }) == nil) == exists(levels[...], []))
                }
            }
        }
    }
}
