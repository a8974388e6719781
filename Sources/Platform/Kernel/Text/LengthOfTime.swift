/// Lengths of time as people type them.
package enum LengthOfTime {
    /// `90s`, `30m`, `8h`, `7d`, in seconds. A number without a unit is one of `bare` seconds each, where that is said.
    package static func seconds(_ text: String, bare: Int? = nil) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard let size = unit ?? bare, digits.utf8.allSatisfy({ 48...57 ~= $0 }), let count = Int(digits),
            1...10_000_000 ~= count
        else { return nil }
        return count * size
    }
}
