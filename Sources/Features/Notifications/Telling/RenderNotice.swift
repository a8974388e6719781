import FoundationEssentials
import Kernel
import Tenancy

/// A notice in somebody's words.
struct RenderedNotice: Sendable, Equatable {
    let title: String
    let body: String
}

/// Puts a notice into the words of one reader. Pure.
struct RenderNotice: Sendable {
    let type: NoticeType
    let parameters: [String: Notice.Value]
    /// The company's own words, by way and language.
    let own: [TemplatePlace: TemplateWords]

    /// How long one value may be.
    static let longest = 500

    func callAsFunction(_ channel: NoticeChannel, to reader: NoticeReader) -> RenderedNotice {
        let template = template(channel, reader.language)
        let lengths = channel.lengths
        let values = values(for: reader)
        return RenderedNotice(
            title: template.title.filled(values, most: lengths.title).plain(keepingLines: false).trimmed,
            body: template.body.filled(values, most: lengths.body).plain(keepingLines: true).trimmedBlankLines)
    }

    /// The company's template, or ours: one that an earlier version took and this one does not is as none.
    private func template(_ channel: NoticeChannel, _ language: PortalLanguage) -> NoticeTemplate {
        func parse(_ words: TemplateWords) -> NoticeTemplate? {
            try? NoticeTemplate(
                title: words.title, body: words.body, knowing: type.known, isTitled: channel != .sms)
        }
        let own = own[TemplatePlace(channel: channel.worded, language: language)].flatMap(parse)
        // Tests hold that ours are good.
        return own ?? parse(NoticeWords.standard(type, channel, language))!
    }

    private func values(for reader: NoticeReader) -> [String: String] {
        var values = [
            "person": reader.name.plain(keepingLines: false), "company": reader.company.plain(keepingLines: false),
            "link": reader.link,
        ]
        for (name, value) in parameters {
            values[name] =
                switch value {
                case .text(let text): text.plain(keepingLines: false).shortened(to: Self.longest)
                case .lines(let text): text.plain(keepingLines: true)
                case .time(let time): Self.text(time, reader.offsets[name] ?? 0)
                case .word(let word): NoticeWords.word(word, reader.language)
                case .name(let name): reader.language == .chinese ? name.chinese : name.english
                case .secret(let name):
                    NoticeWords.secret(of: name.plain(keepingLines: false), reader.language)
                        .shortened(to: Self.longest)
                case .connection(let name):
                    NoticeWords.connection(to: name.plain(keepingLines: false), reader.language)
                        .shortened(to: Self.longest)
                case .command(let command, let name):
                    NoticeWords.command(
                        command.plain(keepingLines: false), on: name.plain(keepingLines: false), reader.language
                    ).shortened(to: Self.longest)
                }
        }
        return values
    }

    /// Such as `2026-11-25 19:06 (UTC+8)`: read in every language, and never in doubt.
    static func text(_ time: Date, _ offset: Int) -> String {
        let local = Timestamp.text(time + TimeInterval(offset)).prefix(16).replacing("T", with: " ")
        let (hours, minutes) = (abs(offset) / 3600, abs(offset) / 60 % 60)
        let zone = offset == 0 ? "" : (offset < 0 ? "-" : "+") + "\(hours)"
        return "\(local) (UTC\(zone)\(minutes == 0 ? "" : minutes < 10 ? ":0\(minutes)" : ":\(minutes)"))"
    }
}

/// Where a template of a type stands.
struct TemplatePlace: Hashable, Sendable {
    let channel: NoticeChannel
    let language: PortalLanguage
}

/// What has to be known of somebody for whom a notice is put into words.
struct NoticeReader: Sendable {
    let name: String
    let company: String
    let language: PortalLanguage
    /// The whole address that the notice leads to.
    var link: String
    /// Seconds that the reader's clock is ahead of UTC, at each of the notice's times.
    let offsets: [String: Int]
}

extension String {
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        return String(start.prefix((start.lastIndex { !$0.isWhitespace }.map { start[...$0].count }) ?? 0))
    }

    /// Values that are not there leave lines empty: no two such lines follow each other, and none begins or ends.
    fileprivate var trimmedBlankLines: String {
        var lines: [Substring] = []
        for line in split(separator: "\n", omittingEmptySubsequences: false)
        where !line.allSatisfy(\.isWhitespace) || lines.last.map({ !$0.allSatisfy(\.isWhitespace) }) == true {
            lines.append(line)
        }
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
