/// Builds associated data so that no two lists of parts give the same bytes: every part carries its length.
struct AssociatedData {
    private(set) var bytes: [UInt8] = []

    /// Starts with the purpose, so that what was sealed for one is never opened for another.
    init(_ purpose: String) {
        append(Array(purpose.utf8))
    }

    func adding(_ text: String) -> AssociatedData { adding(Array(text.utf8)) }
    func adding(_ number: Int) -> AssociatedData { adding(Int64(number).bigEndianBytes) }

    func adding(_ part: [UInt8]) -> AssociatedData {
        var copy = self
        copy.append(part)
        return copy
    }

    private mutating func append(_ part: [UInt8]) {
        bytes += UInt32(part.count).bigEndianBytes + part
    }
}
