import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Metering
import Postgres

/// Does to people what a provider's program says, by the rules of a directory's sync: who leaves is disabled and has
/// nothing left open, and comes back only if it was the provider that shut them out. An administrator's word stands.
struct ProvisionUsers {
    let context: ProvisioningContext

    private var scope: TenantScope { context.scope }
    private var provider: IdentityProviderID { context.provider }
    private var now: Date { context.now }

    func create(_ body: JSON) async throws -> UserID {
        let person = try ProvisionedPerson(SCIMRecord(.user, body: body), isActive: true)
        context.concerns(person.userName.text)
        do {
            return try await context.database.transaction(in: scope) { tx in
                let standing = try await context.begin(tx)
                try await checkDomains(of: person, tx)
                guard
                    try await !ProvisionedUserStore.isTaken(
                        userName: person.userName, externalId: person.externalId, except: nil, of: provider, in: scope,
                        tx)
                else { throw SCIMFault.taken("somebody has this userName or externalId") }
                if let account = try await AccountStore.lock(person.userName, in: scope, tx) {
                    return try await takeOver(account, person, standing, tx)
                }
                return try await make(person, standing, tx)
            }
        } catch IdentityError.loginTaken {
            throw SCIMFault.taken("somebody has this userName")
        }
    }

    /// Replaces what the program said of a person. What a PUT does not say of `active` stays, and so do the addresses of one
    /// that does not name `emails`: what is omitted is not asserted (RFC 7644, 3.5.1), and mail that goes nowhere would be
    /// noticed late. An empty list, or null, takes them away.
    func replace(_ id: UserID, _ body: JSON) async throws {
        let record = try SCIMRecord(.user, body: body)
        let names: [String] = if case .object(let members) = body { members.map { $0.name.lowercased() } } else { [] }
        try await change(id) { old throws(SCIMFault) in
            var record = record
            if !names.contains("emails") { record.keep("emails", of: old.record) }
            if !names.contains(SCIMExtension.enterprise.urn.lowercased()) {
                for attribute in SCIMExtension.enterprise.attributes { record.keep(attribute.name, of: old.record) }
            }
            return try ProvisionedPerson(record, isActive: old.state == .active)
        }
    }

    func patch(_ id: UserID, _ body: JSON) async throws {
        let patch = try SCIMPatch(body: body)
        try await change(id) { old throws(SCIMFault) in
            var record = old.record
            for operation in patch.operations { try record.apply(operation) }
            return try ProvisionedPerson(record, isActive: old.state == .active)
        }
    }

    /// The person is disabled, and their things stay: a company's records name them.
    func remove(_ id: UserID) async throws {
        try await context.database.transaction(in: scope) { tx in
            let standing = try await context.begin(tx)
            let old = try await hold(id, tx)
            try context.require(old.tag)
            if old.state == .active {
                try await disable(old, standing, tx)
            } else {
                try await noteLeaving(old, tx)
            }
            try await ProvisionedUserStore.setRemoved(id, at: provider, at: now, in: scope, tx)
            try await SettleProvisioned(exchange: context.exchange(standing))([id], tx)
            try await audit("provisioned-user.removed", id, old.login, standing, tx)
        }
    }

    // MARK: newcomers

    private func make(
        _ person: ProvisionedPerson, _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws -> UserID {
        if person.isActive { try await takeRoom(tx) }
        try await checkLeavers(tx)
        let id = UserID.new(at: now)
        let request = CreateUserRequest(login: person.userName, name: person.name, email: person.email)
        try await UserStore.insert(id, request, passwordHash: nil, at: now, in: scope, tx)
        if !person.isActive { _ = try await UserStore.setState(.disabled, of: id, in: scope, tx) }
        let roles = try await RoleStore.resolve([.builtIn(.user)], PermissionCatalogue([]), in: scope, tx)
        try await RoleStore.bind(roles.ids, to: id, in: scope, tx)
        let facts = ProvisionedFacts(standing.provider)(person)
        try await ProvisionedUserStore.insert(person, of: id, facts: facts, at: provider, at: now, in: scope, tx)
        try await settleManager(of: person, id, before: nil, standing, tx)
        try await settleReports(to: person, id, before: nil, standing, tx)
        if !person.isActive { try await ProvisionedUserStore.setLeft(now, id, at: provider, in: scope, tx) }
        try await audit("user.created", id, person.userName.text, standing, tx)
        if facts != nil { try await SettleProvisioned(exchange: context.exchange(standing))([id], tx) }
        try await IdentityEvent.userCreated.publish(id.text, at: now, in: scope, tx)
        return id
    }

    /// Takes somebody for the person who is here already: whom the provider knows, whom it had disabled and taken away,
    /// or whoever has the login if its settings say so. Never somebody who may do more than it gives, unless that was
    /// allowed, and never somebody whom an administrator has shut out.
    private func takeOver(
        _ account: Account, _ person: ProvisionedPerson, _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws -> UserID {
        let taken = SCIMFault.taken("somebody here has this userName")
        let isOurs = try await ProvisionedUserStore.isGone(account.id, from: provider, in: scope, tx)
        let isWithin = try await context.isWithin(account.id, standing, tx)
        guard isWithin || standing.handlesPrivileged else { throw taken }
        if !isOurs {
            let isKnown = try await IdentityLinkStore.isKnown(account.id, to: provider, in: scope, tx)
            guard standing.provider.linksUsers || isKnown, account.isActive else { throw taken }
        }
        let facts = ProvisionedFacts(standing.provider)(person)
        try await ProvisionedUserStore.insert(
            person, of: account.id, facts: facts, at: provider, at: now, in: scope, tx)
        // Who they are is the provider's word from now on, as with a first sign-in by it.
        try await IdentityLinkStore.endBound(of: [account.id], now: now, in: scope, tx)
        let old = try await hold(account.id, tx)
        if isWithin {
            try await setNames(person, of: old, standing, tx)
            try await settleManager(of: person, account.id, before: nil, standing, tx)
        } else {
            context.note("name and address of somebody who may do more are kept")
        }
        try await settleReports(to: person, account.id, before: nil, standing, tx)
        try await settleState(person, old, standing, tx)
        try await audit("provisioned-user.taken-over", account.id, account.login, standing, tx)
        if facts != nil { try await SettleProvisioned(exchange: context.exchange(standing))([account.id], tx) }
        return account.id
    }

    // MARK: changes

    private func change(
        _ id: UserID, _ make: (ProvisionedUser) throws(SCIMFault) -> ProvisionedPerson
    ) async throws {
        try await context.database.transaction(in: scope) { tx in
            let standing = try await context.begin(tx)
            let old = try await hold(id, tx)
            try context.require(old.tag)
            let (before, person) = (try? ProvisionedPerson(old.record, isActive: true), try make(old))
            guard
                try await !ProvisionedUserStore.isTaken(
                    userName: person.userName, externalId: person.externalId, except: id, of: provider, in: scope, tx)
            else { throw SCIMFault.taken("somebody has this userName or externalId") }
            if person.userName != before?.userName { try await checkName(person.userName, of: old, tx) }
            if person.domains != before?.domains { try await checkDomains(of: person, tx) }
            let isSame =
                before?.userName == person.userName && before?.name == person.name && before?.email == person.email
            if !isSame {
                guard try await context.isWithin(id, standing, tx) else {
                    throw SCIMFault.refused("The person may do more than the provider gives; an administrator can.")
                }
            }
            if before?.name != person.name || before?.email != person.email {
                try await setNames(person, of: old, standing, tx)
            }
            if before?.profile != person.profile || before?.externalId != person.externalId {
                let read = ProvisionedFacts(standing.provider)
                let facts = read(person)
                try await ProvisionedUserStore.update(
                    person, of: id, facts: facts, at: provider, at: now, in: scope, tx)
                if facts != before.flatMap(read.callAsFunction) {
                    try await SettleProvisioned(exchange: context.exchange(standing))([id], tx)
                }
                try await settleReports(to: person, id, before: before, standing, tx)
                try await audit("provisioned-user.changed", id, old.login, standing, tx)
            }
            try await settleManager(of: person, id, before: before, standing, tx)
            try await settleState(person, old, standing, tx)
        }
    }

    /// Another user name is another name at the provider, and that is all. The login stays: accounts on assets, and
    /// servers that are asked by login, would follow it.
    private func checkName(_ name: Login, of old: ProvisionedUser, _ tx: Transaction) async throws {
        guard name.text != old.login else { return }
        guard try await AccountStore.lock(name, in: scope, tx) == nil else {
            throw SCIMFault.taken("somebody here has this userName")
        }
        context.note("the login stays \(old.login)")
    }

    /// Logins and addresses of a domain are the word of that domain's provider, and no other one's.
    private func checkDomains(of person: ProvisionedPerson, _ tx: Transaction) async throws {
        guard try await !IdentityProviderStore.isElsewhere(person.domains, than: provider, in: scope, tx) else {
            throw SCIMFault.refused("The user name or an address has a domain of another provider.")
        }
    }

    private func setNames(
        _ person: ProvisionedPerson, of old: ProvisionedUser, _ standing: ProvisioningContext.Standing,
        _ tx: Transaction
    ) async throws {
        let rows = try await tx.execute(
            """
            update users set name = \(person.name.text), email = \(person.email), version = version + 1
            where tenant_id = \(scope.tenant) and user_id = \(old.id)
              and (name <> \(person.name.text) or email is distinct from \(person.email)::text)
            """)
        guard rows == 1 else { return }
        try await audit("user.changed", old.id, old.login, standing, tx)
        try await IdentityEvent.userChanged.publish(old.id.text, at: now, in: scope, tx)
    }

    /// Whom flows ask as this person's manager. What is said again is looked at again: what the person may do, and who is
    /// known, may have changed since.
    private func settleManager(
        of person: ProvisionedPerson, _ id: UserID, before: ProvisionedPerson?,
        _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        let isNew = before?.manager != person.manager
        guard isNew || person.manager != nil else { return }
        // A manager decides: nobody's who may do more than the provider gives is its to name.
        guard try await context.isWithin(id, standing, tx) else {
            if isNew { context.note("the manager of somebody who may do more is kept") }
            return
        }
        let isKnown = try await ProvisionedUserStore.setManager(person.manager, of: id, at: provider, in: scope, tx)
        if isNew, person.manager != nil, !isKnown { context.note("nobody is known by what is said of the manager") }
    }

    /// Those who were said to report to this person before anybody knew them. What counts is what the reports may do:
    /// whoever may do more than the provider gives can be somebody's manager.
    private func settleReports(
        to person: ProvisionedPerson, _ id: UserID, before: ProvisionedPerson?,
        _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        guard before?.userName != person.userName || before?.externalId != person.externalId else { return }
        let beyond = try await RoleStore.roles(beyond: standing.ceiling, context.catalogue, in: scope, tx)
        try await ProvisionedUserStore.setReports(
            to: id, called: person.userName, externalId: person.externalId, beyond: beyond, at: provider, at: now,
            in: scope, tx)
    }

    // MARK: in and out

    private func settleState(
        _ person: ProvisionedPerson, _ old: ProvisionedUser, _ standing: ProvisioningContext.Standing,
        _ tx: Transaction
    ) async throws {
        switch (person.isActive, old.state) {
        case (true, .disabled): try await enable(old, standing, tx)
        case (false, .active): try await disable(old, standing, tx)
        case (false, .disabled): try await noteLeaving(old, tx)
        case (true, .active): break
        }
    }

    /// Lets somebody in again whom this provider shut out, and nobody else.
    private func enable(
        _ old: ProvisionedUser, _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        guard old.leftAt != nil else { return context.note("an administrator has disabled the person, who stays so") }
        guard old.expiresAt.map({ $0 > now }) ?? true else { return context.note("the person's last day is over") }
        guard try await !ProvisionedUserStore.hasLeftElsewhere(old.id, than: provider, in: scope, tx) else {
            try await ProvisionedUserStore.setLeft(nil, old.id, at: provider, in: scope, tx)
            return context.note("another provider has the person disabled")
        }
        // What they may do may have grown while they were out.
        try await mayHandle(old, standing, tx)
        try await takeRoom(tx)
        _ = try await UserStore.setState(.active, of: old.id, in: scope, tx)
        try await ProvisionedUserStore.setLeft(nil, old.id, at: provider, in: scope, tx)
        try await audit("user.enabled", old.id, old.login, standing, tx)
        try await IdentityEvent.userEnabled.publish(old.id.text, at: now, in: scope, tx)
    }

    private func disable(
        _ old: ProvisionedUser, _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        try await mayHandle(old, standing, tx)
        guard try await !RoleStore.administrators(in: scope, tx).contains([old.id]) else {
            throw SCIMFault.refused("Nobody would be left to administer.")
        }
        if try await UserStore.setState(.disabled, of: old.id, in: scope, tx) {
            try await Quotas.give(.users, in: scope, tx)
        }
        try await ProvisionedUserStore.setLeft(now, old.id, at: provider, in: scope, tx)
        try await OpenAccess.end(of: [old.id], context.reviews, at: now, in: scope, tx)
        try await audit("user.disabled", old.id, old.login, standing, tx)
        try await IdentityEvent.userDisabled.publish(old.id.text, at: now, in: scope, tx)
    }

    /// Nobody who may do more than the provider gives is let in or shut out by it, unless that was allowed.
    private func mayHandle(
        _ old: ProvisionedUser, _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        if standing.handlesPrivileged { return }
        guard try await context.isWithin(old.id, standing, tx) else {
            throw SCIMFault.refused("The person may do more than the provider gives; an administrator can.")
        }
    }

    /// Of two providers that have somebody disabled, both must let them in again. Whom an administrator has disabled, no
    /// provider can.
    private func noteLeaving(_ old: ProvisionedUser, _ tx: Transaction) async throws {
        guard old.leftAt == nil,
            try await ProvisionedUserStore.hasLeftElsewhere(old.id, than: provider, in: scope, tx)
        else { return }
        try await ProvisionedUserStore.setLeft(now, old.id, at: provider, in: scope, tx)
    }

    /// Whoever is disabled takes no place of the plan: a program must not fill the company with them.
    private func checkLeavers(_ tx: Transaction) async throws {
        guard try await ProvisionedUserStore.leavers(of: provider, in: scope, tx) < ProvisionedUser.mostLeavers else {
            throw SCIMFault.refused("The provider has disabled \(ProvisionedUser.mostLeavers) people already.")
        }
    }

    private func takeRoom(_ tx: Transaction) async throws {
        guard try await Quotas.takeIfFree(.users, in: scope, at: now, tx) else {
            throw SCIMFault.refused("The company's plan has no room for another person.")
        }
    }

    private func hold(_ id: UserID, _ tx: Transaction) async throws -> ProvisionedUser {
        guard let user = try await ProvisionedUserStore.lock(id, of: provider, in: scope, tx) else {
            throw IdentityError.notFound
        }
        context.concerns(user.userName)
        return user
    }

    private func audit(
        _ action: String, _ id: UserID, _ login: String, _ standing: ProvisioningContext.Standing, _ tx: Transaction
    ) async throws {
        try await context.audit(action, kind: "user", id: id.text, name: login, standing, tx)
    }
}
