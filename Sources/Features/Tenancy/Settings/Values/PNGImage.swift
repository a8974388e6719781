import Kernel

/// What is left of a PNG when everything is taken away that is not the picture: no text, no profiles, nothing behind
/// its end. Chunks are checked by their checksums; sizes bound what a browser unpacks.
struct PNGImage {
    static let largestSide = 1024
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    private static let kept: Set<String> = ["IHDR", "PLTE", "tRNS", "IDAT", "IEND"]

    let bytes: [UInt8]

    init(cleaning file: [UInt8]) throws(Invalid) {
        guard file.starts(with: Self.signature) else { throw Invalid("must be a PNG") }
        var clean = Self.signature
        var at = Self.signature.count
        var names: [String] = []
        while at < file.count {
            let chunk = try Self.chunk(in: file, at: at)
            if names.isEmpty { try Self.check(header: chunk) }
            let isCritical = chunk.kind.utf8.first.map { $0 & 0x20 == 0 } ?? true
            guard Self.kept.contains(chunk.kind) || !isCritical else { throw Invalid("is a PNG of an unknown kind") }
            if Self.kept.contains(chunk.kind) {
                guard chunk.kind != "IHDR" || names.isEmpty else { throw Invalid("is a damaged PNG") }
                names.append(chunk.kind)
                clean += file[chunk.whole]
            }
            at = chunk.whole.upperBound
            if chunk.kind == "IEND" { break }
        }
        guard names.last == "IEND", names.contains("IDAT") else { throw Invalid("is an incomplete PNG") }
        bytes = clean
    }

    private struct Chunk {
        let kind: String
        let data: ArraySlice<UInt8>
        let whole: Range<Int>
    }

    private static func chunk(in file: [UInt8], at start: Int) throws(Invalid) -> Chunk {
        guard file.count - start >= 12 else { throw Invalid("is an incomplete PNG") }
        let length = number(file[start..<start + 4])
        guard length <= file.count - start - 12 else { throw Invalid("is an incomplete PNG") }
        let end = start + 8 + length
        guard CRC32.of(file[start + 4..<end]) == UInt32(number(file[end..<end + 4])) else {
            throw Invalid("is a damaged PNG")
        }
        return Chunk(
            kind: String(decoding: file[start + 4..<start + 8], as: UTF8.self), data: file[start + 8..<end],
            whole: start..<end + 4)
    }

    private static func check(header chunk: Chunk) throws(Invalid) {
        guard chunk.kind == "IHDR", chunk.data.count == 13 else { throw Invalid("is a damaged PNG") }
        let start = chunk.data.startIndex
        let sides = [number(chunk.data[start..<start + 4]), number(chunk.data[start + 4..<start + 8])]
        guard sides.allSatisfy({ 1...largestSide ~= $0 }) else {
            throw Invalid("must be at most \(largestSide) pixels wide and high")
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }
}

/// The checksum of PNG's chunks (ISO 3309).
private enum CRC32 {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }

    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { table[Int(($0 ^ UInt32($1)) & 0xFF)] ^ $0 >> 8 }
    }
}
