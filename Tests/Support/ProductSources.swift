/// The Swift files of the product, read once for all tests.
package struct ProductSource: Sendable {
    /// Relative to the root: `Sources/Platform/Kernel/ID.swift`.
    package let path: String
    package let text: String
    package let swift: SwiftSource

    package static let all: [ProductSource] = Repository.files(below: "Sources", ending: ".swift").map { path in
        let text = (try? Repository.text(path)) ?? ""
        return ProductSource(path: path, text: text, swift: SwiftSource(text))
    }
}
