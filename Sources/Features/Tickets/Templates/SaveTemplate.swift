import Assets
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    private var templates: RequestTemplateStore { RequestTemplateStore() }

    /// The templates of the organizations in the scope.
    package func requestTemplates(in scope: TenantScope) async throws -> RequestTemplates {
        let kept = try await templates.shared(in: scope, database)
        let names = try await database.transaction(in: scope) { transaction in
            try await templates.names(of: kept.map(\.body), in: scope, transaction)
        }
        return RequestTemplates(items: kept.map { RequestTemplate($0, names) })
    }

    /// Adds a template to an organization, unless those who look after this part of the company have as many as are shown.
    package func createTemplate(
        _ body: SaveRequestTemplate, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> RequestTemplate {
        try await database.transaction(in: scope) { transaction in
            let place = try await flowStore.place(body.organization, in: scope, transaction)
            guard try await templates.countShared(in: scope, transaction) < RequestTemplate.most else {
                throw Invalid(
                    "is one too many: there are \(RequestTemplate.most) templates, remove one first", field: "name")
            }
            try await check(body, before: nil, in: scope, transaction)
            let id = RequestTemplateID.new(at: now)
            try await templates.insert(id, body, at: place, of: nil, at: now, in: scope, transaction)
            return try await finish(id, RequestTemplateEvents.createdType, at: now, audit, in: scope, transaction)
        }
    }

    /// Replaces a template, which stays in its organization.
    package func replaceTemplate(
        _ id: RequestTemplateID, _ body: SaveRequestTemplate, from version: Int?, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> RequestTemplate {
        try await database.transaction(in: scope) { transaction in
            guard let before = try await templates.lock(id, in: scope, transaction) else { throw TicketError.notFound }
            guard before.version == version else { throw TicketError.flowChanged }
            guard body.organization == nil || body.organization == before.organization else {
                throw Invalid("cannot be changed", field: "organization")
            }
            try await check(body, before: before.body, in: scope, transaction)
            try await templates.update(id, body, in: scope, transaction)
            return try await finish(id, RequestTemplateEvents.changedType, at: now, audit, in: scope, transaction)
        }
    }

    /// Removes a template of an organization, or with an owner one of their own.
    package func deleteTemplate(
        _ id: RequestTemplateID, of owner: UserID? = nil, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let name = try await templates.delete(id, of: owner, in: scope, transaction) else {
                throw TicketError.notFound
            }
            audit.target("request-template", id.text, name: name)
            try await audit.write(in: transaction)
            guard owner == nil else { return }
            try await outbox.publish(
                RequestTemplateEvents.happened(RequestTemplateEvents.deletedType, id, name, at: now), in: scope,
                transaction)
        }
    }

    /// What a person may begin a request with: what is offered to them, and what they have saved. `home` is where assets
    /// lie that they may ask for; a template of which nothing does is not offered.
    package func offeredTemplates(
        to user: UserID, among home: TenantScope?, in scope: TenantScope
    ) async throws -> OfferedTemplates {
        let home = home ?? scope.wholeTenant
        let kept = try await templates.offered(to: user, at: home.organizations, in: scope, database)
        let assets = try await templates.named(kept.flatMap(\.body.assets), in: home, database)
        let byID = Dictionary(assets.map { ($0.id, $0) }) { first, _ in first }
        return OfferedTemplates(
            items: kept.compactMap { one -> OfferedTemplate? in
                let seen = one.body.assets.compactMap { byID[$0] }
                guard one.owner != nil || one.body.assets.isEmpty || !seen.isEmpty || one.body.finds else { return nil }
                return OfferedTemplate(one, assets: seen, findsMore: one.body.finds)
            })
    }

    /// One of them, with the assets that it finds now.
    package func offeredTemplate(
        _ id: RequestTemplateID, to user: UserID, among home: TenantScope?, in scope: TenantScope
    ) async throws -> OfferedTemplate {
        let home = home ?? scope.wholeTenant
        guard
            let one = try await templates.offered(to: user, at: home.organizations, only: id, in: scope, database).first
        else { throw TicketError.notFound }
        let found = try await templates.found(by: one.body, in: home, database)
        return OfferedTemplate(one, assets: Array(found.prefix(50)), findsMore: found.count > 50)
    }

    /// Keeps a request as a template of one's own.
    package func saveOwnTemplate(
        _ body: SaveRequestTemplate, by user: UserID, among home: TenantScope?, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> OfferedTemplate {
        let home = home ?? scope.wholeTenant
        guard body.organization == nil else {
            throw Invalid("must be absent: a template of one's own is of no organization", field: "organization")
        }
        guard body.groups.isEmpty, !body.finds else {
            throw Invalid("must be empty for a template of one's own", field: body.finds ? "nodes" : "groups")
        }
        guard try await store.has(body.assets, in: home, database) else { throw TicketError.unknownAsset }
        let id = RequestTemplateID.new(at: now)
        let whole = scope.wholeTenant
        try await database.transaction(in: whole) { transaction in
            guard try await templates.countOwn(of: user, in: whole, transaction) < RequestTemplate.mostOwn else {
                throw Invalid("is one too many: remove a template of yours first", field: "name")
            }
            try await templates.insert(
                id, body, at: OrganizationID(whole.tenant.uuid), of: user, at: now, in: whole, transaction)
            audit.target("request-template", id.text, name: body.name)
            try await audit.write(in: transaction)
        }
        return try await offeredTemplate(id, to: user, among: home, in: scope)
    }

    /// Nobody names what they do not see; what stood there before may stay.
    private func check(
        _ body: SaveRequestTemplate, before: SaveRequestTemplate?, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        var new = body
        new.assets.removeAll { before?.assets.contains($0) ?? false }
        new.nodes.removeAll { before?.nodes.contains($0) ?? false }
        new.groups.removeAll { before?.groups.contains($0) ?? false }
        let names = try await templates.names(of: [new], in: scope, transaction)
        guard new.assets.allSatisfy({ names[$0.uuid] != nil }) else { throw Invalid("does not exist", field: "assets") }
        guard new.nodes.allSatisfy({ names[$0.uuid] != nil }) else { throw Invalid("does not exist", field: "nodes") }
        guard new.groups.allSatisfy({ names[$0.uuid] != nil }) else { throw Invalid("does not exist", field: "groups") }
    }

    private func finish(
        _ id: RequestTemplateID, _ type: String, at now: Date, _ audit: AuditDraft, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> RequestTemplate {
        guard let kept = try await templates.lock(id, in: scope, transaction) else { throw TicketError.notFound }
        audit.target("request-template", id.text, name: kept.body.name)
        audit.detail("organization", .string(kept.organization.text))
        audit.detail("version", .int(Int64(kept.version)))
        try await audit.write(in: transaction)
        try await outbox.publish(
            RequestTemplateEvents.happened(type, id, kept.body.name, at: now), in: scope, transaction)
        return RequestTemplate(kept, try await templates.names(of: [kept.body], in: scope, transaction))
    }
}

extension SaveRequestTemplate {
    /// It finds assets by where they lie and what they are labelled.
    var finds: Bool { !nodes.isEmpty || !labels.isEmpty }
}

extension RequestTemplate {
    fileprivate init(_ kept: RequestTemplateStore.Kept, _ names: [UUID: String]) {
        self.init(
            id: kept.id, organization: kept.organization, organizationName: kept.organizationName, body: kept.body,
            assets: kept.body.assets.map { TicketAsset(id: $0, name: names[$0.uuid] ?? "") },
            nodes: kept.body.nodes.map { TemplateThing(id: $0.text, name: names[$0.uuid] ?? "") },
            groups: kept.body.groups.map { TemplateThing(id: $0.text, name: names[$0.uuid] ?? "") },
            version: kept.version)
    }
}

extension OfferedTemplate {
    fileprivate init(_ kept: RequestTemplateStore.Kept, assets: [TicketAsset], findsMore: Bool) {
        let body = kept.body
        self.init(
            id: kept.id, name: body.name, note: body.note, isOwn: kept.owner != nil, kind: body.kind,
            content: body.content, assets: assets, findsMore: findsMore, accounts: body.accounts, actions: body.actions,
            durationSeconds: body.durationSeconds, reason: body.reason)
    }
}
