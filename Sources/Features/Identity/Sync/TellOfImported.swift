import Audit
import Cryptography
package import FoundationEssentials
package import Kernel
import Postgres

extension Identity {
    /// Many people were created at once.
    package static var imported: String { IdentityEvent.imported }
    /// One person was created.
    package static var created: String { IdentityEvent.userCreated.rawValue }

    /// Tells of each of many people who were created at once, as of people who come one by one. The same ones have the same
    /// events when it is done again.
    package func tellOfImported(_ event: EventID, _ data: JSON, at moment: Date, in scope: TenantScope) async throws {
        guard case .array(let users)? = data["users"] else { return }
        let events = users.compactMap(\.text).map { user in
            DomainEvent(id: Self.part(of: event, user), type: Self.created, subject: user, at: moment)
        }
        try await database.transaction(in: scope) { tx in
            try await Outbox().publish(events, in: scope, tx)
        }
    }

    /// As old as the event, and of the one person.
    private static func part(of event: EventID, _ user: String) -> EventID {
        let whole = withUnsafeBytes(of: event.uuid.uuid) { Array($0) }
        let bytes = Array(whole[..<6]) + Hash256.of(whole, Array(user.utf8)).bytes[..<10]
        var uuid = bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) }
        uuid.6 = 0x70 | uuid.6 & 0x0F
        uuid.8 = 0x80 | uuid.8 & 0x3F
        return EventID(UUID(uuid: uuid))
    }
}
