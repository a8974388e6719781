import Kernel

/// Reads filters and the paths of PATCH operations. A state machine over words with a stack of its own, so that no text
/// is too deep for it; whatever it is given, it ends with a filter or a fault.
struct SCIMFilterParser {
    static let longest = 2000
    static let deepest = 16
    static let mostConditions = 64

    enum Token: Equatable {
        case word(String)
        case string(String)
        case open, close, openValues, closeValues
    }

    private enum Expected: Equatable {
        case condition
        /// `(`, behind a `not`.
        case parenthesis
        case comparison(SCIMName)
        case value(SCIMName, SCIMFilter.Comparison)
        /// `and`, `or`, or what ends a parenthesis.
        case connective
    }

    private struct Frame {
        enum Kind: Equatable {
            case whole, parenthesis
            case negation
            case values(SCIMName)
        }

        let kind: Kind
        var alternatives: [SCIMFilter] = []
        var conditions: [SCIMFilter] = []

        /// What stands in it: `and` binds closer than `or`.
        var filter: SCIMFilter {
            let all = alternatives + [Self.joined(conditions) { .and($0) }]
            return Self.joined(all) { .or($0) }
        }

        static func joined(_ parts: [SCIMFilter], _ join: ([SCIMFilter]) -> SCIMFilter) -> SCIMFilter {
            parts.count == 1 ? parts[0] : join(parts)
        }
    }

    private let fault: SCIMFault.Kind
    private var stack: [Frame]
    private var expected = Expected.condition
    private var count = 0

    /// Reads a whole filter.
    static func filter(_ text: String) throws(SCIMFault) -> SCIMFilter {
        var parser = SCIMFilterParser(fault: .invalidFilter, inside: .whole)
        for token in try tokens(text, .invalidFilter) { try parser.take(token) }
        return try parser.end()
    }

    /// Reads the path of an operation.
    static func path(_ text: String) throws(SCIMFault) -> SCIMPath {
        let tokens = try tokens(text, .invalidPath)
        guard case .word(let word)? = tokens.first, let name = SCIMName(word) else { throw wrong(.invalidPath, text) }
        guard tokens.count > 1 else { return SCIMPath(name: name) }
        guard tokens[1] == .openValues, name.part == nil, let end = tokens.lastIndex(of: .closeValues), end > 2 else {
            throw wrong(.invalidPath, text)
        }
        var parser = SCIMFilterParser(fault: .invalidPath, inside: .whole)
        for token in tokens[2..<end] { try parser.take(token) }
        let filter = try parser.end()
        guard end + 1 < tokens.count else { return SCIMPath(name: name, filter: filter) }
        guard end + 2 == tokens.count, case .word(let word) = tokens[end + 1], word.hasPrefix("."),
            let part = SCIMName(String(word.dropFirst())), part.urn == nil, part.part == nil
        else { throw wrong(.invalidPath, text) }
        return SCIMPath(name: name, filter: filter, part: part.attribute)
    }

    private init(fault: SCIMFault.Kind, inside kind: Frame.Kind) {
        self.fault = fault
        stack = [Frame(kind: kind)]
    }

    // MARK: from words to conditions

    private mutating func take(_ token: Token) throws(SCIMFault) {
        switch (expected, token) {
        case (.condition, .open):
            try push(.parenthesis)
        case (.condition, .word(let word)) where word.lowercased() == "not":
            expected = .parenthesis
        case (.condition, .word(let word)):
            guard let name = SCIMName(word) else { throw wrong("\(word) is no attribute") }
            expected = .comparison(name)
        case (.parenthesis, .open):
            try push(.negation)
        case (.comparison(let name), .word(let word)):
            if word.lowercased() == "pr" {
                try add(.present(name))
            } else if let comparison = SCIMFilter.Comparison(rawValue: word.lowercased()) {
                expected = .value(name, comparison)
            } else {
                throw wrong("\(word) compares nothing")
            }
        case (.comparison(let name), .openValues):
            guard name.part == nil, !isInsideValues else { throw wrong("a [ is out of place") }
            try push(.values(name))
        case (.value(let name, let comparison), .string(let text)):
            try add(.compare(name, comparison, .string(text)))
        case (.value(let name, let comparison), .word(let word)):
            try add(.compare(name, comparison, try value(word, comparison)))
        case (.connective, .word(let word)) where word.lowercased() == "and":
            expected = .condition
        case (.connective, .word(let word)) where word.lowercased() == "or":
            let top = stack.count - 1
            stack[top].alternatives.append(Frame.joined(stack[top].conditions) { .and($0) })
            stack[top].conditions = []
            expected = .condition
        case (.connective, .close):
            let frame = try pop()
            switch frame.kind {
            case .parenthesis: try add(frame.filter)
            case .negation: try add(.not(frame.filter))
            case .whole, .values: throw wrong("a ) is out of place")
            }
        case (.connective, .closeValues):
            let frame = try pop()
            guard case .values(let name) = frame.kind else { throw wrong("a ] is out of place") }
            try add(.some(name, frame.filter))
        default:
            throw wrong("\(token) is out of place")
        }
    }

    private mutating func end() throws(SCIMFault) -> SCIMFilter {
        guard stack.count == 1, expected == .connective else { throw wrong("it ends too early") }
        return stack[0].filter
    }

    private var isInsideValues: Bool {
        stack.contains { if case .values = $0.kind { true } else { false } }
    }

    private mutating func push(_ kind: Frame.Kind) throws(SCIMFault) {
        guard stack.count < Self.deepest else { throw wrong("it is too deep") }
        stack.append(Frame(kind: kind))
        expected = .condition
    }

    private mutating func pop() throws(SCIMFault) -> Frame {
        guard stack.count > 1, let frame = stack.popLast() else { throw wrong("it closes what is not open") }
        return frame
    }

    private mutating func add(_ filter: SCIMFilter) throws(SCIMFault) {
        count += 1
        guard count <= Self.mostConditions else { throw wrong("it has too many conditions") }
        stack[stack.count - 1].conditions.append(filter)
        expected = .connective
    }

    private func value(_ word: String, _ comparison: SCIMFilter.Comparison) throws(SCIMFault) -> JSON {
        switch word.lowercased() {
        case "true", "false", "null":
            guard comparison == .eq || comparison == .ne else { throw wrong("\(word) has no order") }
            return word.lowercased() == "null" ? .null : .bool(word.lowercased() == "true")
        default:
            guard let number = Int64(word) else { throw wrong("\(word) is no value") }
            return .int(number)
        }
    }

    private func wrong(_ words: String) -> SCIMFault { .invalid(fault, words) }

    private static func wrong(_ fault: SCIMFault.Kind, _ text: String) -> SCIMFault {
        .invalid(fault, "it is no path")
    }

    // MARK: from bytes to words

    private static func tokens(_ text: String, _ fault: SCIMFault.Kind) throws(SCIMFault) -> [Token] {
        guard text.utf8.count <= longest else { throw .invalid(fault, "it is longer than \(longest) bytes") }
        var tokens: [Token] = []
        let bytes = Array(text.utf8)
        var at = 0
        while at < bytes.count {
            switch bytes[at] {
            case 0x20, 0x09: at += 1
            case UInt8(ascii: "("):
                tokens.append(.open)
                at += 1
            case UInt8(ascii: ")"):
                tokens.append(.close)
                at += 1
            case UInt8(ascii: "["):
                tokens.append(.openValues)
                at += 1
            case UInt8(ascii: "]"):
                tokens.append(.closeValues)
                at += 1
            case UInt8(ascii: "\""):
                let end = try self.end(ofTextAt: at, bytes, fault)
                guard case .string(let text)? = try? JSONParser.parse(Array(bytes[at...end])) else {
                    throw .invalid(fault, "a text is not written as in JSON")
                }
                tokens.append(.string(text))
                at = end + 1
            case let byte where isWord(byte):
                let end = bytes[at...].firstIndex { !isWord($0) } ?? bytes.count
                tokens.append(.word(String(decoding: bytes[at..<end], as: UTF8.self)))
                at = end
            default: throw .invalid(fault, "a character is out of place")
            }
        }
        return tokens
    }

    /// Where the closing quotation mark of a text is.
    private static func end(ofTextAt start: Int, _ bytes: [UInt8], _ fault: SCIMFault.Kind) throws(SCIMFault) -> Int {
        var at = start + 1
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard at < bytes.count else { throw .invalid(fault, "a text does not end") }
        return at
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        0x61...0x7A ~= byte || 0x41...0x5A ~= byte || 0x30...0x39 ~= byte || ":._-$+".utf8.contains(byte)
    }
}
