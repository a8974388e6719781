import Foundation
import Kernel
import Tenancy
import Testing

@testable import Notifications

/// Words with places: what can be saved, and what comes of it.
@Suite struct NoticeTemplateTests {
    static let known = ["number", "reason", "person"]

    private func error(_ text: String) -> String? {
        do throws(Invalid) {
            _ = try TemplateText(text, knowing: Self.known)
            return nil
        } catch {
            return error.message
        }
    }

    @Test(arguments: [
        ("{{nonsense}}", "does not know {{nonsense}}"), ("{{ number", "has {{ without }}"),
        ("number }}", "has }} without {{"), ("{{}}", "does not know {{}}"), ("{{#if number}}", "does not know"),
        ("{{number.name}}", "does not know"), ("{{{{number}}}}", "does not know {{{{number}}"),
    ])
    func `what is no place that there is, is refused with the list of those that there are`(
        _ text: String, _ words: String
    ) {
        let error = error(text) ?? "nothing"
        #expect(error.contains(words), "\(error)")
        #expect(error.hasSuffix("known are {{number}}, {{reason}}, {{person}}"), "\(error)")
    }

    @Test func `a place may have blanks in it, and single braces are words`() throws {
        let text = try TemplateText("{a} #{{ number }}: {{reason}}.", knowing: Self.known)
        #expect(text.filled(["number": "7", "reason": "x"], most: 100) == "{a} #7: x.")
    }

    @Test func `what stands in a value is never read`() throws {
        let text = try TemplateText("{{reason}} {{number}}", knowing: Self.known)
        #expect(text.filled(["number": "7", "reason": "{{number}}"], most: 100) == "{{number}} 7")
    }

    @Test func `a text that became too long is cut and says so, at a whole character`() throws {
        let text = try TemplateText("{{reason}}", knowing: Self.known)
        #expect(text.filled(["reason": "磁盘已满了"], most: 4) == "磁盘已…")
        #expect(text.filled(["reason": "磁盘已满"], most: 4) == "磁盘已满")
    }

    private func reader(_ language: PortalLanguage, offsets: [String: Int] = [:]) -> NoticeReader {
        NoticeReader(
            name: "Ada", company: "Acme", language: language, link: "https://acme.example/inbox/x", offsets: offsets)
    }

    @Test func `a title has no line breaks, and nothing hides or turns words`() {
        let evil = "a\r\nBcc: eve@example.com\u{202E}txt\u{200B}\u{0007}b"
        let values: [String: Notice.Value] = ["number": .text(evil), "what": .lines("x\ny")]
        let render = RenderNotice(type: .decided, parameters: values, own: [:])
        let mail = render(.mail, to: reader(.english))
        #expect(mail.title == "Acme: Your request #a Bcc: eve@example.comtxtb is")
        #expect(!mail.body.contains("\r") && mail.body.contains("x\ny"))
    }

    @Test func `times are those of the reader`() {
        let time = Date(timeIntervalSince1970: 1_795_000_000)
        #expect(RenderNotice.text(time, 0) == "2026-11-18 11:06 (UTC)")
        #expect(RenderNotice.text(time, 8 * 3600) == "2026-11-18 19:06 (UTC+8)")
        #expect(RenderNotice.text(time, -9000) == "2026-11-18 08:36 (UTC-2:30)")
        #expect(RenderNotice.text(time, 20_700) == "2026-11-18 16:51 (UTC+5:45)")
    }

    @Test(arguments: NoticeType.all, PortalLanguage.allCases)
    func `the product's words of every type can be saved and say what they know`(
        _ type: NoticeType, _ language: PortalLanguage
    ) throws {
        for channel in NoticeChannel.allCases {
            let words = NoticeWords.standard(type, channel, language)
            _ = try NoticeTemplate(
                title: words.title, body: words.body, knowing: type.known, isTitled: channel != .sms)
            let samples = NoticeWords.samples(type, language, at: Date(timeIntervalSince1970: 0))
            #expect(Set(samples.keys) == Set(type.parameters), "\(type.key) has no sample of some of its values")
            let text = RenderNotice(type: type, parameters: samples, own: [:])(channel, to: reader(language))
            #expect(!text.body.isEmpty && text.title.isEmpty == (channel == .sms))
            #expect(!(text.title + text.body).contains("{{"))
        }
    }

    @Test func `the two languages of a type say the same things`() {
        for type in NoticeType.all {
            for channel in NoticeChannel.allCases {
                func places(_ language: PortalLanguage) -> Set<Substring> {
                    let words = NoticeWords.standard(type, channel, language)
                    return Set((words.title + words.body).matches(of: #/{{\w+}}/#).map(\.output))
                }
                #expect(places(.english) == places(.chinese), "\(type.key) \(channel)")
            }
        }
    }

    @Test func `a company's template that an earlier version took gives way to the product's`() {
        let place = TemplatePlace(channel: .site, language: .english)
        let old = TemplateWords(title: "{{gone}}", body: "{{gone}}")
        let render = RenderNotice(type: .grantEnded, parameters: ["name": .text("db")], own: [place: old])
        #expect(render(.site, to: reader(.english)).title == "Your access db has ended")
    }
}
