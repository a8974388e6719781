/// A word of ours in each language that people read it in.
package struct Wording: WireValue, Sendable, Hashable {
    package let english: String
    package let chinese: String

    package init(_ english: String, _ chinese: String) {
        self.english = english
        self.chinese = chinese
    }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("english", \.english, .text(1...100))
        Field("chinese", \.chinese, .text(1...100))
    }
}
