/// The ID of a message of ours: 160 random bits, which nobody guesses who wants to answer it.
package struct SAMLMessageID: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    package init() {
        let digits = Array("0123456789abcdef".utf8)
        var generator = SystemRandomNumberGenerator()
        let random = (0..<40).map { _ in digits[Int(generator.next() & 15)] }
        text = "_" + String(decoding: random, as: UTF8.self)
    }

    /// One that was kept.
    package init(_ text: String) { self.text = text }

    package var description: String { text }
}
