package import FoundationEssentials
package import Kernel

/// Makes of authenticators by their AAGUIDs, one a line.
package struct PasskeyModels: WireValue, Hashable {
    package static let most = 50

    package let all: Set<UUID>

    package init(parsing text: String) throws(Invalid) {
        let words = text.split { $0.isWhitespace || $0 == "," }
        let models = words.compactMap { UUID(uuidString: String($0)) }
        guard models.count == words.count, 1...Self.most ~= models.count else {
            throw Invalid("must be 1 to \(Self.most) AAGUIDs, one a line")
        }
        all = Set(models)
    }

    package var text: String { all.map { $0.uuidString.lowercased() }.sorted().joined(separator: "\n") }

    package static let schema: Schema<Self> = Schema<String>.lines(1...4000).map(Self.init(parsing:), \.text)
}
