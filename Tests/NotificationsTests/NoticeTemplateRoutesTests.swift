import Foundation
import Kernel
import Postgres
import Stage
import Testing

@testable import Notifications

/// Words of the company: what is refused, and what an example looks like.
@Suite(.timeLimit(.minutes(1))) struct NoticeTemplateRoutesTests {
    private func save(_ title: String, _ body: String, channel: String = "mail") -> JSON {
        [
            "type": "ticket.decided", "channel": .string(channel), "language": "zh", "title": .string(title),
            "body": .string(body),
        ]
    }

    @Test func `a place that is not known is refused at its field with those that are`() async throws {
        let office = try await NoticeOffice()
        for name in ["notice-templates.set", "notice-templates.preview"] {
            let answer = try await office.call(name, [], save("{{number}}", "{{secret}}"))
            #expect(answer.status == 422)
            let words = String(decoding: answer.json.bytes, as: UTF8.self)
            #expect(
                words.contains("/body") && words.contains("{{secret}}") && words.contains("{{outcome}}"), "\(words)")
            let blank = try await office.call(name, [], save(" ", "{{number}}"))
            #expect(blank.status == 422)
            #expect(String(decoding: blank.json.bytes, as: UTF8.self).contains("/title"))
            // No way of this company, no way of this type, and too long for one.
            #expect(
                try await office.call(name, [], save("", String(repeating: "a", count: 301), channel: "sms")).status
                    == 422)
        }
        #expect(try await office.stage.count("select count(*) from notice_templates", in: office.scope) == 0)
    }

    @Test func `an example is shown in the language of the template`() async throws {
        let office = try await NoticeOffice()
        let answer = try await office.call(
            "notice-templates.preview", [], save("#{{number}}", "{{person}} {{outcome}} {{company}} {{link}}"))
        #expect(answer.status == 200 && answer["title"] == "#1024")
        #expect(answer["body"] == "李明 已批准 acme https://acme.example/…")
    }

    @Test func `all types are listed in both languages, by the ways that there are`() async throws {
        let office = try await NoticeOffice(chats: [.slack, .feishu])
        let items = try await office.call("notice-templates.list").items
        let channels = Set(items.compactMap { $0["channel"]?.text })
        #expect(channels == ["site", "mail", "messenger"])
        #expect(Set(items.compactMap { $0["type"]?.text }) == Set(NoticeType.all.map(\.key)))
        #expect(items.allSatisfy { $0["isOwn"] == false })
        _ = try await office.call("notice-templates.set", [], save("x", "y"))
        let own = try await office.call("notice-templates.list").items.filter { $0["isOwn"] == true }
        #expect(own.map { $0["body"]?.text } == ["y"])
        #expect(try await office.stage.lines(in: office.scope).first?.hasPrefix("notice-template.changed") == true)
    }
}
