/// A value on its way under a key at the top, or out from under it, with what it is bound to.
package struct Wrapping: Sendable {
    package let bytes: [UInt8]
    package let associated: [UInt8]

    package init(bytes: [UInt8], associated: [UInt8]) {
        self.bytes = bytes
        self.associated = associated
    }
}

/// A value under a key at the top.
package struct Wrapped: Sendable, Equatable {
    /// The id of the key, which stands beside the value wherever it is stored.
    package let key: String
    package let bytes: [UInt8]

    package init(key: String, bytes: [UInt8]) {
        self.key = key
        self.bytes = bytes
    }
}

/// Keeps a key at the top: in a file, or in a service that does not give it away.
///
/// Several values go at once, because a service is far away. Never inside a transaction.
package protocol KeyProvider: Sendable {
    /// The id under which something would be wrapped now.
    func current() async throws(KeyProviderError) -> String
    /// Whether what has this id was wrapped here. No secret, and no question to anybody.
    func knows(_ id: String) -> Bool
    func wrap(_ values: [Wrapping]) async throws(KeyProviderError) -> [Wrapped]
    func unwrap(_ values: [Wrapping]) async throws(KeyProviderError) -> [[UInt8]]
}

/// Why a key at the top did not do its work, closed. Everything under it stays closed then.
package enum KeyProviderError: Error, Equatable, CustomStringConvertible {
    /// The service does not answer: try again later.
    case away(String)
    /// The service answered and refused: the token, the key's name, or the key is disabled.
    case refused(String)
    /// Wrong key, wrong place, or changed bytes.
    case opening
    /// Nobody here has the key with this id.
    case unknownKey(String)

    package var description: String {
        switch self {
        case .away(let reason): "the key service is away: \(reason)"
        case .refused(let reason): "the key service refuses: \(reason)"
        case .opening: "the value does not open: another key, another place, or changed bytes"
        case .unknownKey(let id): "the key \(id) is not configured here"
        }
    }
}

extension MasterKey: KeyProvider {
    package func current() -> String { id }

    package func knows(_ id: String) -> Bool { id == self.id }

    package func wrap(_ values: [Wrapping]) throws(KeyProviderError) -> [Wrapped] {
        do {
            return try values.map { Wrapped(key: id, bytes: try wrap($0.bytes, associated: $0.associated)) }
        } catch {
            throw .opening
        }
    }

    package func unwrap(_ values: [Wrapping]) throws(KeyProviderError) -> [[UInt8]] {
        do {
            return try values.map { try unwrap($0.bytes, associated: $0.associated) }
        } catch {
            throw .opening
        }
    }
}

/// The keys at the top of an installation: the one that wraps what is new, and those that still open what they wrapped.
package struct MasterKeys: Sendable {
    package let current: any KeyProvider
    private let others: [any KeyProvider]

    package init(_ current: any KeyProvider, others: [any KeyProvider] = []) {
        self.current = current
        self.others = others
    }

    /// What a value is bound to: a purpose, and the parts of its place.
    package static func binding(_ purpose: String, _ parts: String...) -> [UInt8] {
        parts.reduce(AssociatedData(purpose)) { $0.adding($1) }.bytes
    }

    /// Who opens what has this id.
    package func provider(of id: String) throws(KeyProviderError) -> any KeyProvider {
        if current.knows(id) { return current }
        guard let provider = others.first(where: { $0.knows(id) }) else { throw .unknownKey(id) }
        return provider
    }

    /// Opens one value.
    package func unwrap(_ wrapped: Wrapped, associated: [UInt8]) async throws(KeyProviderError) -> [UInt8] {
        let values = [Wrapping(bytes: wrapped.bytes, associated: associated)]
        guard let bytes = try await provider(of: wrapped.key).unwrap(values).first else { throw .opening }
        return bytes
    }

    /// Wraps one value under the current key.
    package func wrap(_ bytes: [UInt8], associated: [UInt8]) async throws(KeyProviderError) -> Wrapped {
        guard let wrapped = try await current.wrap([Wrapping(bytes: bytes, associated: associated)]).first else {
            throw .opening
        }
        return wrapped
    }
}
