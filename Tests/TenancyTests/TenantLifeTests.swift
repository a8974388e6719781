import Foundation
import Kernel
import Testing

@testable import Tenancy

/// Every state against everything that can happen to it, as a table that knows nothing of the code.
@Suite struct TenantLifeTests {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let before = now - 1, later = now + 3600, muchLater = now + 7200

    /// A situation, by a word of its own.
    static let lives: [String: TenantLife] = [
        "trial": TenantLife(.trial, trialEndsAt: later),
        "trial, over": TenantLife(.trial, trialEndsAt: before),
        "active": TenantLife(.active),
        "suspended": TenantLife(.suspended),
        "suspended in its trial": TenantLife(.suspended, trialEndsAt: later),
        "suspended after its trial": TenantLife(.suspended, trialEndsAt: before),
        "closing": TenantLife(.closing, graceEndsAt: later, closedFrom: .active),
        "closing, was suspended": TenantLife(.closing, graceEndsAt: later, closedFrom: .suspended),
        "closing, was on trial": TenantLife(.closing, trialEndsAt: later, graceEndsAt: later, closedFrom: .trial),
        "closing, trial over": TenantLife(.closing, trialEndsAt: before, graceEndsAt: later, closedFrom: .trial),
        "closing, grace over": TenantLife(.closing, graceEndsAt: before, closedFrom: .active),
        "deleted": TenantLife(.deleted, graceEndsAt: before, closedFrom: .active),
    ]

    static let transitions: [String: TenantTransition] = [
        "trial": .trial(until: muchLater), "activate": .activate, "suspend": .suspend, "resume": .resume,
        "close": .close(graceEnds: muchLater), "cancel": .cancelClosing, "end grace": .endGrace,
        "end trial": .endTrial, "erased": .erased,
    ]

    /// What comes of it: `=` for nothing, `-` for a refusal, else the state and its dates.
    static let table: [(String, [String: String])] = [
        (
            "trial",
            [
                "trial": "trial T2", "activate": "active", "suspend": "suspended T1", "resume": "=",
                "close": "closing T1 G2 trial", "cancel": "=", "end grace": "closing T1 G0 trial", "end trial": "=",
                "erased": "-",
            ]
        ),
        (
            "trial, over",
            [
                "trial": "trial T2", "activate": "active", "suspend": "suspended T-", "resume": "=",
                "close": "closing T- G2 trial", "cancel": "=", "end grace": "closing T- G0 trial",
                "end trial": "suspended T-", "erased": "-",
            ]
        ),
        (
            "active",
            [
                "trial": "trial T2", "activate": "=", "suspend": "suspended", "resume": "=",
                "close": "closing G2 active", "cancel": "=", "end grace": "closing G0 active", "end trial": "=",
                "erased": "-",
            ]
        ),
        (
            "suspended",
            [
                "trial": "trial T2", "activate": "active", "suspend": "=", "resume": "active",
                "close": "closing G2 suspended", "cancel": "=", "end grace": "closing G0 suspended", "end trial": "=",
                "erased": "-",
            ]
        ),
        (
            "suspended in its trial",
            [
                "trial": "trial T2", "activate": "active", "suspend": "=", "resume": "trial T1",
                "close": "closing T1 G2 suspended", "cancel": "=", "end grace": "closing T1 G0 suspended",
                "end trial": "=", "erased": "-",
            ]
        ),
        (
            "suspended after its trial",
            [
                "trial": "trial T2", "activate": "active", "suspend": "=", "resume": "trial over",
                "close": "closing T- G2 suspended", "cancel": "=", "end grace": "closing T- G0 suspended",
                "end trial": "=", "erased": "-",
            ]
        ),
        (
            "closing",
            [
                "trial": "-", "activate": "-", "suspend": "-", "resume": "-", "close": "=", "cancel": "active",
                "end grace": "closing G0 active", "end trial": "=", "erased": "deleted G1 active",
            ]
        ),
        (
            "closing, was suspended",
            [
                "trial": "-", "activate": "-", "suspend": "-", "resume": "-", "close": "=", "cancel": "suspended",
                "end grace": "closing G0 suspended", "end trial": "=", "erased": "deleted G1 suspended",
            ]
        ),
        (
            "closing, was on trial",
            [
                "trial": "-", "activate": "-", "suspend": "-", "resume": "-", "close": "=", "cancel": "trial T1",
                "end grace": "closing T1 G0 trial", "end trial": "=", "erased": "deleted G1 trial",
            ]
        ),
        (
            "closing, trial over",
            [
                "trial": "-", "activate": "-", "suspend": "-", "resume": "-", "close": "=", "cancel": "suspended T-",
                "end grace": "closing T- G0 trial", "end trial": "=", "erased": "deleted G1 trial",
            ]
        ),
        (
            "closing, grace over",
            [
                "trial": "-", "activate": "-", "suspend": "-", "resume": "-", "close": "=", "cancel": "-",
                "end grace": "=", "end trial": "=", "erased": "deleted G- active",
            ]
        ),
        (
            "deleted",
            [
                "trial": "-", "activate": "-", "suspend": "-", "resume": "-", "close": "-", "cancel": "-",
                "end grace": "=", "end trial": "=", "erased": "=",
            ]
        ),
    ]

    private static func words(_ life: TenantLife) -> String {
        func mark(_ letter: String, _ date: Date?) -> [String] {
            let names = [before: "-", now: "0", later: "1", muchLater: "2"]
            return date.map { [letter + (names[$0] ?? "?")] } ?? []
        }
        let parts = [life.state.rawValue] + mark("T", life.trialEndsAt) + mark("G", life.graceEndsAt)
        return (parts + (life.closedFrom.map { [$0.rawValue] } ?? [])).joined(separator: " ")
    }

    @Test func `every state answers every transition as the table says`() throws {
        #expect(Set(Self.table.map(\.0)) == Set(Self.lives.keys))
        for (situation, row) in Self.table {
            let life = try #require(Self.lives[situation])
            #expect(Set(row.keys) == Set(Self.transitions.keys), "\(situation)")
            for (name, transition) in Self.transitions {
                let next: TenantLife
                do throws(TenancyError) {
                    next = try life.after(transition, at: Self.now)
                } catch {
                    #expect([.wrongState, .trialOver].contains(error))
                    #expect((error == .trialOver ? "trial over" : "-") == row[name], "\(situation): \(name)")
                    continue
                }
                let outcome = next == life ? "=" : Self.words(next)
                // Once more changes nothing.
                #expect(try next.after(transition, at: Self.now) == next, "\(situation): \(name) twice")
                #expect(outcome == row[name], "\(situation): \(name)")
            }
        }
        #expect(Set(Self.lives.values.map(\.state)) == Set(TenantState.allCases))
    }

    @Test(arguments: [now, now - 60, now + 367 * 86_400])
    func `a trial ends in the future, within a year`(end: Date) {
        for life in [TenantLife(.active), TenantLife(.trial, trialEndsAt: Self.later), TenantLife(.suspended)] {
            #expect(throws: TenancyError.trialTooLong) { try life.after(.trial(until: end), at: Self.now) }
        }
    }

    @Test func `whoever is shut out hears why`() {
        let reasons: [String: TenantClosure.Reason] = [
            "suspended": .suspended, "suspended in its trial": .suspended, "suspended after its trial": .trialEnded,
            "closing": .closing, "closing, was suspended": .closing, "closing, was on trial": .closing,
            "closing, trial over": .closing, "closing, grace over": .closing, "deleted": .deleted,
        ]
        for (situation, life) in Self.lives {
            let closure = TenantClosure(life, at: Self.now)
            #expect(closure?.reason == reasons[situation], "\(situation)")
            #expect((closure == nil) == life.state.isOpen)
            #expect((closure?.until != nil) == (life.state == .closing))
        }
    }
}
