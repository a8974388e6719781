import HTTPAPI
import Kernel
import Postgres

/// Somebody who is signed in to the portal says whether it is them who waits at a terminal.
struct DecideOnDevice {
    let database: Database

    func show(_ request: DeviceLinkRequest, _ acting: Acting) async throws -> DeviceLinkView {
        guard
            let link = try await DeviceLinkStore.find(
                request.token, of: acting.user, at: acting.now, in: acting.scope, database)
        else { throw IdentityError.notFound }
        return link
    }

    func callAsFunction(_ request: DecideDeviceLink, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            let isDone =
                request.isMe
                ? try await DeviceLinkStore.confirm(
                    request.token, by: acting.user, at: acting.now, in: acting.scope, tx)
                : try await DeviceLinkStore.refuse(request.token, by: acting.user, in: acting.scope, tx)
            guard isDone else { throw IdentityError.notFound }
            acting.audit.detail("isMe", .bool(request.isMe))
            try await acting.audit.write(in: tx)
        }
    }
}

extension Identity {
    package func deviceLink(_ request: DeviceLinkRequest, _ acting: Acting) async throws -> DeviceLinkView {
        try await DecideOnDevice(database: database).show(request, acting)
    }

    package func decide(_ request: DecideDeviceLink, _ acting: Acting) async throws {
        try await DecideOnDevice(database: database)(request, acting)
    }
}
