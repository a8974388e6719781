import FoundationEssentials

/// Structured fields (RFC 8941), as far as signatures and digests of requests are made of them: dictionaries of items
/// and of inner lists. Pure.
///
/// Where the RFC lets the last one of a name win, both are refused: whoever reads the first one would see another
/// request. Decimals are not read; nothing here has any.
package enum StructuredField {
    package enum Value: Sendable, Hashable {
        case integer(Int64)
        case string(String)
        case token(String)
        case bytes([UInt8])
        case boolean(Bool)
    }

    package struct Parameter: Sendable, Hashable {
        package let name: String
        package let value: Value
    }

    package struct Item: Sendable, Hashable {
        package let value: Value
        package let parameters: [Parameter]
    }

    package enum Member: Sendable, Hashable {
        case item(Item)
        case list([Item], parameters: [Parameter])
    }

    package struct Entry: Sendable, Hashable {
        package let name: String
        package let member: Member
    }

    package static let longest = 8192
    package static let mostMembers = 32

    /// The dictionary that the lines of one field make together; nil for what is none, or is longer than anybody needs.
    package static func dictionary(_ lines: [String]) -> [Entry]? {
        let text = lines.joined(separator: ", ")
        guard text.utf8.count <= longest else { return nil }
        var reader = StructuredFieldReader(Array(text.utf8))
        return reader.dictionary()
    }
}

extension StructuredField.Value {
    /// As the RFC writes it.
    package var text: String {
        switch self {
        case .integer(let number): String(number)
        case .string(let text):
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        case .token(let token): token
        case .bytes(let bytes): ":" + Data(bytes).base64EncodedString() + ":"
        case .boolean(let flag): flag ? "?1" : "?0"
        }
    }
}

extension [StructuredField.Parameter] {
    package var text: String {
        map { $0.value == .boolean(true) ? ";\($0.name)" : ";\($0.name)=\($0.value.text)" }.joined()
    }

    package subscript(_ name: String) -> StructuredField.Value? { first { $0.name == name }?.value }
}

extension StructuredField.Item {
    package var text: String { value.text + parameters.text }
}

/// Reads bytes from left to right; each function stands in front of what it reads and returns nil for what is not that.
private struct StructuredFieldReader {
    private let bytes: [UInt8]
    private var next = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var head: UInt8? { next < bytes.count ? bytes[next] : nil }

    private mutating func take(_ character: Character) -> Bool {
        guard head == character.asciiValue else { return false }
        next += 1
        return true
    }

    private mutating func take(while isWanted: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = next
        while let head, isWanted(head) { next += 1 }
        return bytes[start..<next]
    }

    mutating func dictionary() -> [StructuredField.Entry]? {
        var entries: [StructuredField.Entry] = []
        _ = take { $0 == .space }
        while true {
            guard let name = key(), !entries.contains(where: { $0.name == name }),
                entries.count < StructuredField.mostMembers, let member = member()
            else { return nil }
            entries.append(StructuredField.Entry(name: name, member: member))
            _ = take { $0 == .space || $0 == .tab }
            if head == nil { return entries }
            guard take(",") else { return nil }
            _ = take { $0 == .space || $0 == .tab }
        }
    }

    private mutating func member() -> StructuredField.Member? {
        guard take("=") else {
            return parameters().map { .item(StructuredField.Item(value: .boolean(true), parameters: $0)) }
        }
        return take("(") ? list() : item().map { .item($0) }
    }

    private mutating func list() -> StructuredField.Member? {
        var items: [StructuredField.Item] = []
        while true {
            _ = take { $0 == .space }
            if take(")") { return parameters().map { .list(items, parameters: $0) } }
            guard items.count < StructuredField.mostMembers, let item = item(),
                head == .space || head == Character(")").asciiValue
            else { return nil }
            items.append(item)
        }
    }

    private mutating func item() -> StructuredField.Item? {
        guard let value = value(), let parameters = parameters() else { return nil }
        return StructuredField.Item(value: value, parameters: parameters)
    }

    private mutating func parameters() -> [StructuredField.Parameter]? {
        var parameters: [StructuredField.Parameter] = []
        while take(";") {
            _ = take { $0 == .space }
            guard let name = key(), parameters[name] == nil, parameters.count < StructuredField.mostMembers else {
                return nil
            }
            var value: StructuredField.Value? = .boolean(true)
            if take("=") { value = self.value() }
            guard let value else { return nil }
            parameters.append(StructuredField.Parameter(name: name, value: value))
        }
        return parameters
    }

    private mutating func key() -> String? {
        guard let first = head, first.isLowercase || first == UInt8(ascii: "*") else { return nil }
        let key = take { $0.isLowercase || $0.isDigit || "_-.*".utf8.contains($0) }
        return String(decoding: key, as: UTF8.self)
    }

    private mutating func value() -> StructuredField.Value? {
        guard let head else { return nil }
        switch head {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: ":"): return binary()
        case UInt8(ascii: "?"): return boolean()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return integer()
        default: return token()
        }
    }

    private mutating func string() -> StructuredField.Value? {
        next += 1
        var text: [UInt8] = []
        while let byte = head {
            next += 1
            switch byte {
            case UInt8(ascii: "\""): return .string(String(decoding: text, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let escaped = head, escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\") else {
                    return nil
                }
                next += 1
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    /// Base64 in its one proper form: two texts must not be the same bytes.
    private mutating func binary() -> StructuredField.Value? {
        next += 1
        let text = String(decoding: take { $0.isBase64 }, as: UTF8.self)
        guard take(":"), let data = Data(base64Encoded: text), data.base64EncodedString() == text else { return nil }
        return .bytes(Array(data))
    }

    private mutating func boolean() -> StructuredField.Value? {
        next += 1
        if take("1") { return .boolean(true) }
        return take("0") ? .boolean(false) : nil
    }

    private mutating func integer() -> StructuredField.Value? {
        let sign: Int64 = take("-") ? -1 : 1
        let digits = take(while: \.isDigit)
        guard 1...15 ~= digits.count, head != UInt8(ascii: "."),
            let number = Int64(String(decoding: digits, as: UTF8.self))
        else { return nil }
        return .integer(sign * number)
    }

    private mutating func token() -> StructuredField.Value? {
        guard let first = head, first.isLetter || first == UInt8(ascii: "*") else { return nil }
        let token = take { $0.isLetter || $0.isDigit || "!#$%&'*+-.^_`|~:/".utf8.contains($0) }
        return .token(String(decoding: token, as: UTF8.self))
    }
}

extension UInt8 {
    fileprivate static let space = UInt8(ascii: " ")
    fileprivate static let tab = UInt8(ascii: "\t")
    fileprivate var isLowercase: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    fileprivate var isLetter: Bool { isLowercase || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self }
    fileprivate var isBase64: Bool { isLetter || isDigit || "+/=".utf8.contains(self) }
}
