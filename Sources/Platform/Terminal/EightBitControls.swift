/// Writes the C1 controls that come as UTF-8 (C2 80 to C2 9F) as what they mean in seven bits: an escape and a letter
/// (ECMA-48 §5.3), as xterm and its likes read them. libvterm 0.1.4 takes them for letters with a width of minus one, so
/// that they lead its cursor out of the screen, and what is written there out of its memory.
struct EightBitControls {
    /// A C2 was the last byte, and is not passed on before what it begins is known.
    private var isHeld = false

    /// The same output without them; nil when there is nothing to change in these bytes.
    mutating func rewritten(_ bytes: UnsafeRawBufferPointer) -> ContiguousArray<UInt8>? {
        guard isHeld || bytes.contains(0xC2) else { return nil }
        var output = ContiguousArray<UInt8>()
        output.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            let isTaken = isHeld && finish(with: byte, into: &output)
            isHeld = byte == 0xC2
            if !isHeld, !isTaken { output.append(byte) }
        }
        return output
    }

    /// Writes what the held byte and the one after it stand for; false if the latter stands for itself.
    private func finish(with byte: UInt8, into output: inout ContiguousArray<UInt8>) -> Bool {
        switch byte {
        case 0x80...0x9F:
            output += [0x1B, byte - 0x40]
            return true
        case 0xA0...0xBF:
            output += [0xC2, byte]
            return true
        default:
            // Nothing that follows completes it: libvterm would go on to wait, past controls too.
            output += [0xEF, 0xBF, 0xBD]
            return false
        }
    }
}
