/// For whom a passkey is good: a host name, and the one origin under which its pages are.
package struct RelyingParty: Sendable, Equatable {
    package let id: String
    package let origin: String

    package init(id: String, origin: String) {
        self.id = id
        self.origin = origin
    }
}
