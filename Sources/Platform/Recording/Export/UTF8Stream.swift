/// Decodes UTF-8 that arrives in pieces: a character that is cut in two waits for its other half.
struct UTF8Stream {
    private var carry: [UInt8] = []

    mutating func decode(_ bytes: [UInt8]) -> String {
        let all = carry + bytes
        let cut = all.count - Self.incompleteTail(all)
        carry = Array(all[cut...])
        return String(decoding: all[..<cut], as: UTF8.self)
    }

    /// What never became a character.
    mutating func finish() -> String {
        defer { carry = [] }
        return String(decoding: carry, as: UTF8.self)
    }

    private static func incompleteTail(_ bytes: [UInt8]) -> Int {
        for back in 1...3 where back <= bytes.count {
            let byte = bytes[bytes.count - back]
            if byte & 0xC0 == 0x80 { continue }
            let length =
                switch byte {
                case 0xC2...0xDF: 2
                case 0xE0...0xEF: 3
                case 0xF0...0xF4: 4
                default: 1
                }
            return length > back ? back : 0
        }
        return 0
    }
}
