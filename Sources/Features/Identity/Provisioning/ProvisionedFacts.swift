import Kernel
import Postgres

/// Which conditions of a provider's rules hold by what its program says of a person. They are noted with what it says, so
/// that everybody's can be settled at once.
struct ProvisionedFacts {
    /// How many people are read at once.
    private static let batch = 500

    private let provider: IdentityProviderID
    private let reader: RuleReader

    /// Of SCIM attributes case says nothing, unless they say otherwise (RFC 7643, 2.2).
    init(_ provider: IdentityProvider) {
        self.provider = provider.id
        reader = RuleReader(provider.rules, foldsCase: true)
    }

    func callAsFunction(_ person: ProvisionedPerson) -> String? {
        facts(userName: person.userName.text, externalId: person.externalId, profile: person.profile)
    }

    private func facts(userName: String, externalId: String?, profile: JSON) -> String? {
        let attributes = ProviderAttribute.named(reader.names) { name in
            switch name.lowercased() {
            case "username": [userName]
            case "externalid": externalId.map { [$0] } ?? []
            default: Self.values(name.split(separator: ".").map(String.init), in: profile)
            }
        }
        return reader.kept(attributes, place: nil)
    }

    /// What stands under a name, whatever its case: `department`, `name.familyName`, or every `value` of `emails`.
    private static func values(_ path: [String], in json: JSON) -> [String] {
        switch json {
        case .string(let text) where path.isEmpty: [text]
        case .bool(let isTrue) where path.isEmpty: [isTrue ? "true" : "false"]
        case .int(let number) where path.isEmpty: ["\(number)"]
        case .array(let items): items.prefix(ProviderAttribute.mostValues).flatMap { values(path, in: $0) }
        case .object(let members):
            // An item of several values is what stands in its `value`.
            members.filter { $0.name.lowercased() == (path.first?.lowercased() ?? "value") }
                .flatMap { values(Array(path.dropFirst()), in: $0.value) }
        default: []
        }
    }

    /// Notes them anew for everybody of whom the program speaks, some at a time.
    func renew(in scope: TenantScope, _ tx: Transaction) async throws {
        var last: UserID?
        while true {
            let people = try await tx.query(
                """
                select p.user_id, p.user_name, p.external_id, p.profile from provisioned_users p
                where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.removed_at is null
                  and (\(last)::uuid is null or p.user_id > \(last))
                order by p.user_id limit \(Self.batch)
                """
            ) { row in
                let (id, name, external): (UserID, String, String?) = (try row.next(), try row.next(), try row.next())
                return (id: id, facts: facts(userName: name, externalId: external, profile: try row.next()))
            }
            try await tx.execute(
                """
                update provisioned_users p set facts = n.facts::jsonb
                from unnest(\(people.map(\.id))::uuid[], \(people.map(\.facts))::text[]) as n (user_id, facts)
                where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider) and p.user_id = n.user_id
                  and p.facts is distinct from n.facts::jsonb
                """)
            guard people.count == Self.batch, let next = people.last else { return }
            last = next.id
        }
    }
}
