package import Kernel

/// What a run did to the groups that the provider keeps here, or would have done.
package struct IdentitySyncGroups: Sendable, Equatable {
    /// How many there were before.
    package var known = 0
    package var added = IdentitySyncNames()
    package var renamed = IdentitySyncNames()
    /// The directory has them no more: nobody is in them.
    package var removed = IdentitySyncNames()
    /// The directory has them again.
    package var returned = IdentitySyncNames()
    package var membersAdded = 0
    package var membersRemoved = 0
    /// Groups that are not taken in, or keep the name that they had.
    package var refused: [IdentitySyncRefusals] = []
}

extension IdentitySyncGroups: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("known", \.known, .int(0...Int(Int32.max)))
        Field("added", \.added)
        Field("renamed", \.renamed)
        Field("removed", \.removed)
        Field("returned", \.returned)
        Field("membersAdded", \.membersAdded, .int(0...Int(Int32.max)))
        Field("membersRemoved", \.membersRemoved, .int(0...Int(Int32.max)))
        Field("refused", \.refused, count: 0...20)
    }
}
