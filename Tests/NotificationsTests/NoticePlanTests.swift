import Foundation
import Testing

@testable import Notifications

/// By which ways, and when.
@Suite struct NoticePlanTests {
    /// 11:06:40 in UTC.
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let minute = 11 * 60 + 6

    private func wait(
        _ channel: NoticeChannel = .mail, urgent: Bool = false, quiet: QuietHours? = nil, digest: NoticeDigest = .off,
        minute: Int = NoticePlanTests.minute
    ) -> Int? {
        let plan = NoticePlan.due(
            channel, isUrgent: urgent, quiet: quiet, digest: digest, minute: minute, at: Self.now)
        return plan.map { Int(($0.due.timeIntervalSince(Self.now) + 40) / 60) }
    }

    @Test(
        arguments: [
            (QuietHours(from: 600, to: 720), 599, nil), (QuietHours(from: 600, to: 720), 600, 120),
            (QuietHours(from: 600, to: 720), 719, 1), (QuietHours(from: 600, to: 720), 720, nil),
            (QuietHours(from: 1320, to: 420), 1319, nil), (QuietHours(from: 1320, to: 420), 1320, 540),
            (QuietHours(from: 1320, to: 420), 1439, 421), (QuietHours(from: 1320, to: 420), 0, 420),
            (QuietHours(from: 1320, to: 420), 419, 1), (QuietHours(from: 1320, to: 420), 420, nil),
            (QuietHours(from: 1, to: 0), 0, nil), (QuietHours(from: 1, to: 0), 1, 1439),
        ] as [(QuietHours, Int, Int?)])
    func `quiet hours begin and end at their minutes, also over midnight`(
        _ quiet: QuietHours, _ minute: Int, _ left: Int?
    ) {
        #expect(quiet.minutesLeft(at: minute) == left)
    }

    @Test func `what reaches somebody waits for the end of quiet hours; the portal and what is urgent do not`() {
        let quiet = QuietHours(from: 660, to: 720)
        for channel in [NoticeChannel.mail, .messenger, .sms] {
            #expect(wait(channel, quiet: quiet) == 54)
            #expect(wait(channel, urgent: true, quiet: quiet) == nil)
            #expect(wait(channel) == nil)
        }
        #expect(wait(.site, quiet: quiet, digest: .daily) == nil)
    }

    @Test func `a digest gathers mail until the next hour or morning, and then for the end of quiet hours`() {
        #expect(wait(digest: .hourly) == 54)
        #expect(wait(digest: .hourly, minute: 660) == 60)
        #expect(wait(digest: .daily) == 1440 - Self.minute + 480)
        #expect(wait(digest: .daily, minute: 480) == 1440)
        #expect(wait(digest: .daily, minute: 479) == 1)
        #expect(wait(urgent: true, digest: .daily) == nil)
        #expect(wait(.messenger, digest: .daily) == nil)
        #expect(wait(quiet: QuietHours(from: 460, to: 540), digest: .daily, minute: 479) == 61)
    }

    @Test func `what somebody said counts, then what the company said, then the product`() {
        let all = Set(NoticeChannel.allCases)
        func channels(
            _ type: NoticeType, company: [NoticeChannel: Bool] = [:], person: [NoticeChannel: Bool] = [:],
            among there: Set<NoticeChannel>? = nil
        ) -> Set<NoticeChannel> {
            NoticePlan.channels(of: type, among: there ?? all, company: company, person: person)
        }
        #expect(channels(.decided) == [.site, .mail, .messenger])
        #expect(channels(.decided, company: [.mail: false, .sms: true]) == [.site, .messenger])
        // In chats a card asks already.
        #expect(channels(.reminder, company: [.mail: false, .sms: true]) == [.site, .sms])
        // Whoever names a chat is told there, and not in another one, too.
        #expect(channels(.decided, person: [.mail: false, .slack: true]) == [.site, .slack])
        #expect(channels(.decided, person: [.slack: true], among: [.site, .messenger]) == [.site, .messenger])
        let mixed = channels(.decided, company: [.mail: false], person: [.mail: true, .site: false])
        #expect(mixed == [.mail, .messenger])
        #expect(channels(.decided, among: [.site, .mail]) == [.site, .mail])
        // What somebody must not miss stays in the portal, and a way that a type never takes is none.
        let off = Dictionary(uniqueKeysWithValues: all.map { ($0, false) })
        let on = Dictionary(uniqueKeysWithValues: all.map { ($0, true) })
        for type in NoticeType.all {
            #expect(channels(type, company: off, person: off) == (type.isProtected ? [.site] : []), "\(type.key)")
            #expect(
                channels(type, person: on) == type.possible.subtracting([.messenger]).subtracting(NoticeChannel.rooms),
                "\(type.key)")
        }
        #expect(!channels(.webhookDisabled, person: on).contains(.mail))
    }
}
