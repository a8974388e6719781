/// Makes the cells of a screen small: most are like the one before them, or differ in the character alone.
///
/// Each word is compared with the one a cell before. What comes out is a row of heads, each a number of words that are the
/// same and a number of words that are not, followed by how these differ.
enum ScreenPacking {
    /// The words of a cell of libvterm. If it had others, packing would save less, and nothing else would be wrong.
    private static let cell = 9
    private static let mostChanges = 511

    static func pack(_ words: UnsafeBufferPointer<UInt32>) -> [UInt32] {
        var packed: [UInt32] = []
        var index = 0
        while index < words.count {
            let start = index
            while index < words.count, change(words, index) == 0 { index += 1 }
            let same = index - start
            let head = packed.count
            packed.append(0)
            while index < words.count, packed.count - head <= mostChanges {
                let change = change(words, index)
                guard change != 0 else { break }
                packed.append(change)
                index += 1
            }
            packed[head] = UInt32(same) << 9 | UInt32(packed.count - head - 1)
        }
        return packed
    }

    /// Writes what was packed to where it was.
    static func unpack(_ packed: [UInt32], into words: UnsafeMutableBufferPointer<UInt32>) {
        var index = 0
        var place = 0
        while place < packed.count {
            let head = packed[place]
            place += 1
            for _ in 0..<head >> 9 {
                words[index] = before(UnsafeBufferPointer(words), index)
                index += 1
            }
            for _ in 0..<head & 511 {
                words[index] = before(UnsafeBufferPointer(words), index) ^ packed[place]
                index += 1
                place += 1
            }
        }
    }

    @inline(__always)
    private static func change(_ words: UnsafeBufferPointer<UInt32>, _ index: Int) -> UInt32 {
        words[index] ^ before(words, index)
    }

    @inline(__always)
    private static func before(_ words: UnsafeBufferPointer<UInt32>, _ index: Int) -> UInt32 {
        index < cell ? 0 : words[index - cell]
    }
}
