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

    /// What was shown in the browser has to count at the terminal, too.
    func callAsFunction(_ request: DecideDeviceLink, in session: WebSessionID?, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            if request.isMe {
                guard
                    let terminal = try await DeviceLinkStore.confirm(
                        request.token, by: acting.user, in: session, at: acting.now, in: acting.scope, tx)
                else { throw IdentityError.notFound }
                var shown: ProvenFactor?
                if let session { shown = try await ProfileStore.shownFactor(session, in: acting.scope, tx) }
                try await DemandFactors.check(
                    shown, of: acting.user, before: .ssh, from: terminal, now: acting.now, in: acting.scope, tx)
            } else if try await !DeviceLinkStore.refuse(request.token, by: acting.user, in: acting.scope, tx) {
                throw IdentityError.notFound
            }
            acting.audit.detail("isMe", .bool(request.isMe))
            try await acting.audit.write(in: tx)
        }
    }
}

extension Identity {
    package func deviceLink(_ request: DeviceLinkRequest, _ acting: Acting) async throws -> DeviceLinkView {
        try await DecideOnDevice(database: database).show(request, acting)
    }

    func decide(
        _ request: DecideDeviceLink, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws {
        try await DecideOnDevice(database: database)(request, in: caller.session, acting)
    }
}
