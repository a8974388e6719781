import FoundationEssentials
import Kernel
import Outbound

/// What gateways say, before anybody keeps or sees it: a gateway may say anything, also to whom the message went and what
/// stood in it.
struct SMSWords {
    static let most = 200

    private let number: [UInt8]
    private let code: [UInt8]

    init(number: PhoneNumber, code: String) {
        self.number = Array(number.digits.utf8)
        self.code = Array(code.utf8)
    }

    /// A gateway may also say the secret back that it was sent.
    static func without(_ secret: Secret, _ text: String) -> String {
        let word = secret.reveal()
        guard word.utf8.count >= 4 else { return text }
        let escaped = FormText.escape(word).replacing("%20", with: "+")
        let inBase64 = Data(word.utf8).base64EncodedString()
        let inJSON = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return [
            word, escaped, escaped.replacing("+", with: "%20"), inBase64, inBase64.replacing("=", with: ""), inJSON,
            inJSON.replacing("/", with: "\\/"),
        ].reduce(text) { $0.replacing($1, with: "****") }
    }

    /// One line, in which digits that are a part of the number or of the code are stars, however they are grouped.
    func masked(_ text: String) -> String {
        let line = Array(
            text.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(4 * Self.most).map(
                Character.init))
        var hidden = [Bool](repeating: false, count: line.count)
        var run: [(place: Int, digit: UInt8)] = []
        func end() {
            for place in places(in: run) { hidden[place] = true }
            run = []
        }
        for (place, character) in line.enumerated() {
            if let digit = Self.digit(character) {
                run.append((place, digit))
            } else if character.isLetter || character.isNumber {
                end()
            }
        }
        end()
        // The table counts code points.
        let shown = String(zip(line, hidden).map { $1 ? "*" : $0 })
        return String(String.UnicodeScalarView(shown.unicodeScalars.prefix(Self.most)))
    }

    /// Any four digits in a row that stand in the number or in the code.
    private func places(in run: [(place: Int, digit: UInt8)]) -> [Int] {
        let width = 4
        guard run.count >= width else { return [] }
        var found: [Int] = []
        for start in 0...(run.count - width) {
            let part = run[start..<start + width]
            let digits = part.map(\.digit)
            if Self.contains(number, digits) || Self.contains(code, digits) { found += part.map(\.place) }
        }
        return found
    }

    private static func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
        guard whole.count >= part.count else { return false }
        return (0...(whole.count - part.count)).contains { Array(whole[$0..<$0 + part.count]) == part }
    }

    /// Of any script, as an ASCII byte.
    private static func digit(_ character: Character) -> UInt8? {
        guard let value = character.wholeNumberValue, 0...9 ~= value else { return nil }
        return 0x30 + UInt8(value)
    }

    static func isKeyByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
    }
}
