import GatewayContract
import Kernel
import SSH

/// What the gateway says to people, and how it keeps what others say from harming their terminals.
enum Texts {
    /// One line, without control characters.
    static func line(_ text: some StringProtocol) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHarmless($0) ? $0 : " " }))
    }

    /// Several lines, each without control characters.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line($0) }.joined(separator: "\n")
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: false
        // Marks that turn the direction of text around can make a name read as another one.
        case .format: scalar.value == 0x200D
        default: true
        }
    }

    /// Text as a terminal wants it: lines end in carriage return and line feed.
    static func terminal(_ text: String) -> [UInt8] {
        Array(text.replacing("\n", with: "\r\n").utf8)
    }

    /// A refusal with its reasons and the way to ask for access.
    static func refusal(of target: String, _ refused: SessionRefused) -> String {
        var text = "Gatehouse: no access to \(line(target)): \(lines(refused.text))\n"
        for reason in refused.reasons.prefix(20) where reason.text != refused.text {
            text += "  - \(line(reason.text))\n"
        }
        if let request = refused.request {
            text += "To ask for access:\n"
            if !request.command.isEmpty { text += "  \(line(request.command))\n" }
            if !request.url.isEmpty { text += "  \(line(request.url))\n" }
        }
        return text
    }

    /// Somebody has to decide first.
    static func waiting(for target: String, _ wait: SessionWait) -> String {
        "Gatehouse: \(line(target)) needs a decision first (\(wait.ticket.text)): \(lines(wait.text))\n"
            + "Connect again once it is made.\n"
    }

    static func ended(_ reason: EndReason, _ text: String) -> String {
        "Gatehouse: this session has ended (\(reason.rawValue)): \(lines(text))\n"
    }

    static func notAvailable(_ what: RefusedRequest) -> String {
        "Gatehouse: \(what.rawValue) is not available through this gateway.\n"
    }

    static let noFiles =
        "Gatehouse: file transfer by SFTP is not available through this gateway; ask your administrator for another way."
}
