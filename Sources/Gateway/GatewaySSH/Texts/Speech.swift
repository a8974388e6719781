import Kernel

/// In which language the gateway speaks to a person: the one of their profile. What others wrote, and what an older control
/// plane says in words, stays as it is.
struct Speech: Sendable, Equatable {
    let isChinese: Bool

    /// `zh`, `zh-CN`, `zh_TW` are Chinese; anything else is told in English.
    init(_ tag: String?) {
        isChinese = tag?.lowercased().hasPrefix("zh") ?? false
    }

    static let english = Speech(nil)

    func callAsFunction(_ english: String, _ chinese: String) -> String { isChinese ? chinese : english }

    /// A length of time in words.
    func span(_ seconds: Double) -> String {
        let minutes = Int(max(0, min(seconds, 1e9)) / 60)
        return switch minutes {
        case 0: self("less than a minute", "不到 1 分钟")
        case 1..<120: self("\(minutes) min", "\(minutes) 分钟")
        case 120..<2880: self("\(minutes / 60) h", "\(minutes / 60) 小时")
        default: self("\(minutes / 1440) days", "\(minutes / 1440) 天")
        }
    }

    /// An exact length of time, as somebody asked for it.
    func length(_ seconds: Int) -> String {
        let units = [
            (86_400, self(" d", " 天")), (3600, self(" h", " 小时")), (60, self(" min", " 分钟")), (1, self(" s", " 秒")),
        ]
        var rest = max(0, seconds)
        var parts: [String] = []
        for (size, name) in units where rest >= size {
            parts.append("\(rest / size)\(name)")
            rest %= size
        }
        return parts.isEmpty ? "0" : parts.prefix(2).joined(separator: " ")
    }

    /// `30m`, `8h`, `7d`; a plain number is minutes. Nil for anything that cannot be asked for.
    static func seconds(_ text: String) -> Int? {
        LengthOfTime.seconds(text, bare: 60).flatMap { 60...longest ~= $0 ? $0 : nil }
    }

    /// How long access can be asked for at most.
    static let longest = 2_592_000
}

/// Text in lines that fit.
enum Lines {
    /// Breaks text into lines of less than `columns`, each after the first indented. Words stay whole if they can; wide
    /// characters may be parted anywhere, as is usual.
    static func wrap(_ text: String, columns: Int, first: String = "", indent: Int = 0) -> String {
        let room = max(20, columns) - 1
        let indent = min(indent, room / 2)
        var lines: [String] = []
        var line = DisplayWidth.of(first) < room ? first : DisplayWidth.fit(first, room)
        var used = DisplayWidth.of(line)
        var isBlank = true
        func next() {
            lines.append(line)
            line = String(repeating: " ", count: indent)
            used = indent
            isBlank = true
        }
        for word in text.split(separator: " ", omittingEmptySubsequences: true) {
            let width = DisplayWidth.of(word)
            if !isBlank, used + 1 + width > room { next() }
            if !isBlank {
                line += " "
                used += 1
            }
            for character in word {
                let size = DisplayWidth.of(String(character))
                if used + size > room { next() }
                line.append(character)
                used += size
                isBlank = false
            }
        }
        lines.append(line)
        return lines.joined(separator: "\n") + "\n"
    }
}
