import Cryptography
package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres
import WebAuthn

/// Where to show one's face, and until when.
package struct FaceCapture: WireValue {
    package let check: FaceCheckID
    package let url: String
    package let expiresAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("check", \.check, note: "Comes back with the browser that was before the camera.")
        Field("url", \.url, .text(8...700), note: "The capture component's page, good once.")
        Field("expiresAt", \.expiresAt)
    }
}

/// Makes the context in which somebody shows their face: theirs, for one purpose, in one sign-in or browser.
struct BeginFaceCheck {
    let database: Database
    let portal: PortalAddress
    let request: RequestFacts
    let now: Date
    let scope: TenantScope

    func callAsFunction(for purpose: FacePurpose, of user: UserID) async throws -> FaceCapture {
        // Where the browser comes back to is the installation's word, as with passkeys.
        guard let party = try await PortalParty.find(request.host, portal, in: scope, database)?.party else {
            throw IdentityError.faceUnavailable
        }
        let (id, context) = (FaceCheckID.new(at: now), RandomToken())
        return try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive,
                let (page, counts) = try await FaceComponentStore.page(in: scope, tx)
            else { throw IdentityError.faceUnavailable }
            // What counts no longer is asked for once more before something else is set up.
            let isOfUse =
                if case .enrol = purpose { counts } else {
                    account.standing.factors.union(account.standing.lapsed).contains(.face)
                }
            guard isOfUse else { throw IdentityError.faceUnavailable }
            try await FaceCheckStore.insert(
                id, context, for: purpose, of: user, from: request.clientAddress, at: party.origin, now: now, in: scope,
                tx)
            return FaceCapture(
                check: id, url: page.link(context: context), expiresAt: now + FaceCheckStore.lifetime)
        }
    }
}
