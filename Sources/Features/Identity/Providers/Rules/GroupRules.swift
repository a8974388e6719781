import Kernel

/// Names of groups as they are compared. Pure.
enum GroupRules {
    /// Distinguished names are equal whatever their case, and whatever blanks stand around commas and equal signs.
    static func folded(_ name: String) -> String {
        foldedPlain(name) ?? foldedAny(name)
    }

    /// Nil for what is more than ASCII. Of a large directory there are very many.
    private static func foldedPlain(_ name: String) -> String? {
        guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return String(unsafeUninitializedCapacity: name.utf8.count) { result in
            var (count, blanks) = (0, 0)
            for byte in name.utf8 {
                let isMark = byte == UInt8(ascii: ",") || byte == UInt8(ascii: "=")
                if byte == UInt8(ascii: " ") {
                    if count > 0, !",=".utf8.contains(result[count - 1]) { blanks += 1 }
                    continue
                }
                for _ in 0..<(isMark ? 0 : blanks) {
                    result[count] = UInt8(ascii: " ")
                    count += 1
                }
                blanks = 0
                result[count] = UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? byte | 0x20 : byte
                count += 1
            }
            return count
        }
    }

    private static func foldedAny(_ name: String) -> String {
        var result = ""
        var blanks = ""
        for character in name.lowercased() {
            switch character {
            case " ": if let last = result.last, last != ",", last != "=" { blanks.append(character) }
            case ",", "=":
                result.append(character)
                blanks = ""
            default:
                result += blanks
                result.append(character)
                blanks = ""
            }
        }
        return result
    }
}
