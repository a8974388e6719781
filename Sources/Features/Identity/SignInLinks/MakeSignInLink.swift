import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy

/// Makes a link for a person whom another system of the company's knows to be there. It stands for the first factor of
/// one sign-in and nothing more, so it is worth a password: nobody asks for one of somebody who may do more.
struct MakeSignInLink {
    let database: Database
    let settings: IdentitySettings
    let tenants: TenantSettings

    func callAsFunction(
        _ request: IssueSignInLink, through proof: Proof, _ acting: Acting
    ) async throws -> IssuedSignInLink {
        let takesAdministrators = try await tenants.value(of: Setting.signInLinksForAdministrators, in: acting.scope)
        let age = try await tenants.value(of: Setting.stepUpAge, in: acting.scope) * 60
        let (id, token) = (SignInLinkID.new(at: acting.now), RandomToken())
        let end = acting.now + TimeInterval(request.seconds)
        return try await database.transaction(in: acting.scope) { tx in
            try await confirm(proof, within: age, acting, tx)
            let account = try await account(of: request, acting, tx)
            acting.audit.target("user", account.id.text, name: account.login)
            guard account.id != acting.user else { throw IdentityError.notYourself }
            try await acting.mayHandle(account.id, settings.catalogue, tx)
            // Whoever may do anything at all that not every person may, by whichever role.
            let theirs = try await RoleStore.permissions(
                of: account.id, at: acting.now, settings.catalogue, in: acting.scope, tx
            ).all
            guard takesAdministrators || settings.catalogue.isPlain(theirs) else {
                throw IdentityError.administratorByLink
            }
            // Whom a directory vouches for comes in by it: whoever is shut out there must be out here.
            guard try await !IdentityLinkStore.isVouchedFor(account.id, in: acting.scope, tx) else {
                throw IdentityError.noPasswordHere
            }
            let open = try await SignInLinkStore.countOpen(of: account.id, at: acting.now, in: acting.scope, tx)
            guard open < SignInLink.mostOpen else {
                throw IdentityError.tooMany("A person has \(SignInLink.mostOpen) open links at most.")
            }
            guard let portal = try await SignInLinkStore.portal(in: acting.scope, tx),
                let name = try await SignInLinkStore.name(of: acting.user, in: acting.scope, tx)
            else { throw IdentityError.notFound }
            try await SignInLinkStore.insert(
                id, for: account.id, token, to: request.landing, by: acting, named: name, through: proof, until: end,
                tx)
            acting.audit.detail("link", .string(id.text))
            acting.audit.detail("through", .string(SignInLink.Means(proof).rawValue))
            if let landing = request.landing { acting.audit.detail("landing", .string(landing.text)) }
            try await acting.audit.write(in: tx)
            let url = settings.portal.signInLink(to: portal.slug, at: portal.host, token: token.text.reveal())
            return IssuedSignInLink(id: id, url: url, expiresAt: end)
        }
    }

    /// A program shows its token or its key each time. Whoever finds a browser open shows who they are.
    private func confirm(
        _ proof: Proof, within seconds: Int, _ acting: Acting, _ tx: Transaction
    ) async throws {
        guard let session = proof.session else { return }
        let shown = try await SignInLinkStore.shownAt(session, in: acting.scope, tx)
        guard let shown, acting.now.timeIntervalSince(shown) < TimeInterval(seconds) else {
            throw Problem.stepUpRequired(within: seconds)
        }
    }

    private func account(of request: IssueSignInLink, _ acting: Acting, _ tx: Transaction) async throws -> Account {
        let found =
            if let user = request.user {
                try await AccountStore.lock(user, in: acting.scope, tx)
            } else if let login = request.login {
                try await AccountStore.lock(login, in: acting.scope, tx)
            } else {
                Account?.none
            }
        guard let found, found.isActive else { throw IdentityError.notFound }
        return found
    }
}

/// Takes a link back before somebody has used it.
struct RevokeSignInLink {
    let database: Database

    func callAsFunction(_ id: SignInLinkID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let user = try await SignInLinkStore.revoke(id, at: acting.now, in: acting.scope, tx) else {
                guard try await SignInLinkStore.exists(id, in: acting.scope, tx) else { throw IdentityError.notFound }
                throw IdentityError.reviewOver
            }
            acting.audit.target("user", user.text)
            acting.audit.detail("link", .string(id.text))
            try await acting.audit.write(in: tx)
        }
    }
}
