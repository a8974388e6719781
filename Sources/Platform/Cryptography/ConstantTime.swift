/// Comparison whose time depends on the lengths only, for tokens, codes and tags.
package enum ConstantTime {
    package static func equals(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(one, other) { difference |= left ^ right }
        return difference == 0
    }

    package static func equals(_ one: String, _ other: String) -> Bool {
        equals(one.utf8, other.utf8)
    }
}
