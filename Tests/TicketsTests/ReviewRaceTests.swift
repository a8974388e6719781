import FoundationEssentials
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Tickets

/// Reviews that are asked for, taken up and taken back at the same moment.
@Suite struct ReviewRaceTests {
    @Test func `of many who ask about one attempt at once one asks, and all wait for the same`() async throws {
        let door = try await ReviewDoor()
        let question = door.signIn("one")
        let standings = try await withThrowingTaskGroup(of: ReviewStanding.self) { group in
            for _ in 0..<12 { group.addTask { try await door.ask(question) } }
            return try await group.reduce(into: [ReviewStanding]()) { $0.append($1) }
        }
        #expect(standings.count == 12 && Set(standings.map { "\($0)" }).count == 1, "\(standings)")
        #expect(try await door.tickets == 1)
    }

    @Test func `of many attempts of one person at once no more wait than may`() async throws {
        let door = try await ReviewDoor()
        let standings = try await withThrowingTaskGroup(of: ReviewStanding.self) { group in
            for number in 0..<12 { group.addTask { try await door.ask(door.signIn("\(number)")) } }
            return try await group.reduce(into: [ReviewStanding]()) { $0.append($1) }
        }
        #expect(standings.count { $0 == .crowded } == 12 - Reviews.mostOfOnePerson)
        #expect(try await door.tickets == Reviews.mostOfOnePerson)
    }

    @Test func `an agreement lets in one of many who take it up at once`() async throws {
        let door = try await ReviewDoor()
        let question = door.signIn("one")
        let ticket = try await door.ticket(question)
        try await door.desk.decide(ticket, by: door.desk.ann)
        let standings = try await withThrowingTaskGroup(of: ReviewStanding.self) { group in
            for _ in 0..<12 { group.addTask { try await door.ask(question) } }
            return try await group.reduce(into: [ReviewStanding]()) { $0.append($1) }
        }
        #expect(standings.count { $0 == .approved(ticket.id) } == 1)
        // Whoever asks again about what is used up asks one more time, and not each of them.
        #expect(try await door.tickets == 2)
    }

    @Test func `whoever comes again while they are taken for gone is there`() async throws {
        let door = try await ReviewDoor()
        let (desk, question) = (door.desk, door.signIn("one"))
        let ticket = try await door.ticket(question)
        desk.stage.wait(Reviews.patience + 1)
        let now = desk.stage.now
        try await withThrowingTaskGroup(of: Int.self) { group in
            try await desk.stage.database.transaction(in: desk.scope) { transaction in
                // They have come, and it is not committed.
                #expect(
                    try await door.reviews.ask(question, at: now, in: desk.scope, transaction)
                        == .waits(ticket.id, until: now + 600 - Reviews.patience - 1))
                group.addTask { try await door.reviews.withdrawAbandoned(at: now) }
                try await desk.stage.test.untilSomebodyWaitsForALock()
            }
            #expect(try await group.next() == 1)
        }
        #expect(try await desk.read(ticket).state == .open)
    }

    @Test(.timeLimit(.minutes(1)))
    func `one that somebody holds keeps no other from being looked after`() async throws {
        let door = try await ReviewDoor()
        let (desk, question) = (door.desk, door.signIn("held"))
        let tickets = [try await door.ticket(question), try await door.ticket(door.signIn("free"))]
        desk.stage.wait(Reviews.patience + 1)
        let now = desk.stage.now
        try await desk.stage.database.transaction(in: desk.scope) { transaction in
            _ = try await door.reviews.ask(question, at: now, in: desk.scope, transaction)
            let over = try await door.reviews.look(at: tickets.map { (desk.scope.tenant, $0.id) }, at: now)
            #expect(over.isEmpty)
        }
        #expect(try await door.reviews.withdrawAbandoned(at: now) == 0)
    }
}

extension ReviewDoor {
    /// How many requests there are.
    fileprivate var tickets: Int {
        get async throws {
            try await desk.stage.test.superuser().query("select count(*) from tickets") { try $0.next(Int.self) }[0]
        }
    }
}
