package import HTTPAPI
import HTTPTypes
package import Kernel

/// The endpoints of SCIM 2.0 (RFC 7644), for the programs of identity providers.
package enum SCIMRoutes {
    private typealias Route = Endpoint<ProvisioningAPI, Identity>
    private static let own = Audit.none(because: "each person and group that is changed has a line of its own")
    private static let search = Audit.none(because: "a search reads, and changes nothing")
    private static let faults: [ProblemType] = [
        .provisioningInvalid, .provisioningConflict, .provisioningRefused, .versionChanged, .invalidFields,
    ]

    package static let group = EndpointGroup<ProvisioningAPI, Identity>("scim") {
        Route.resource(
            .get, "configuration", "/ServiceProviderConfig", summary: "Show what the service can do",
            permission: .provisioning, audit: .reading
        ) { identity, call in
            identity.provisioningConfiguration(call)
        }

        Route.resource(
            .get, "resource-types", "/ResourceTypes", summary: "List the kinds of resources",
            permission: .provisioning, audit: .reading, errors: [.provisioningRefused]
        ) { identity, call in
            try identity.provisionedKinds(call)
        }

        Route.resource(
            .get, "resource-type", "/ResourceTypes/{kind}", SCIMKindName.self, summary: "Show a kind of resource",
            permission: .provisioning, audit: .reading
        ) { identity, call in
            try identity.provisionedKind(call)
        }

        Route.resource(
            .get, "schemas", "/Schemas", summary: "List what resources have", permission: .provisioning,
            audit: .reading, errors: [.provisioningRefused]
        ) { identity, call in
            try identity.provisionedSchemas(call)
        }

        Route.resource(
            .get, "schema", "/Schemas/{schema}", SCIMKindName.self, summary: "Show what a kind of resource has",
            permission: .provisioning, audit: .reading
        ) { identity, call in
            try identity.provisionedSchema(call)
        }

        Route.resource(
            .get, "users", "/Users", summary: "List the provider's people", permission: .provisioning,
            audit: .reading, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("users")) {
                try await FindProvisioned(context: $0).users(call.query)
            }
        }

        Route.document(
            .post, "search", "/.search", summary: "Search the provider's people and groups at once",
            permission: .provisioning, audit: search, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("search")) {
                try await FindProvisioned(context: $0).all(QueryPairs(search: call.body))
            }
        }

        Route.document(
            .post, "search-users", "/Users/.search", summary: "Search the provider's people",
            permission: .provisioning, audit: search, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("users")) {
                try await FindProvisioned(context: $0).users(QueryPairs(search: call.body))
            }
        }

        Route.document(
            .post, "search-groups", "/Groups/.search", summary: "Search the provider's groups",
            permission: .provisioning, audit: search, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("groups")) {
                try await FindProvisioned(context: $0).groups(QueryPairs(search: call.body))
            }
        }

        Route.document(
            .post, "create-user", "/Users", summary: "Take a person in", permission: .provisioning, audit: own,
            errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("create-user")) { context in
                let id = try await ProvisionUsers(context: context).create(call.body)
                return try await FindProvisioned(context: context).user(id, call.query, afterChange: 201)
            }
        }

        Route.resource(
            .get, "user", "/Users/{user}", UserID.self, summary: "Show a person", permission: .provisioning,
            audit: .reading, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("user")) {
                try await FindProvisioned(context: $0).user(call.path, call.query)
            }
        }

        Route.document(
            .put, "replace-user", "/Users/{user}", UserID.self, summary: "Replace what was said of a person",
            permission: .provisioning, audit: own, errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("replace-user")) { context in
                try await ProvisionUsers(context: context).replace(call.path, call.body)
                return try await FindProvisioned(context: context).user(call.path, call.query, afterChange: 200)
            }
        }

        Route.document(
            .patch, "change-user", "/Users/{user}", UserID.self, summary: "Change what was said of a person",
            permission: .provisioning, audit: own, errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("change-user")) { context in
                try await ProvisionUsers(context: context).patch(call.path, call.body)
                return try await FindProvisioned(context: context).user(call.path, call.query, afterChange: 200)
            }
        }

        Route.resource(
            .delete, "remove-user", "/Users/{user}", UserID.self, summary: "Disable a person who is gone",
            permission: .provisioning, audit: own, errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("remove-user")) { context in
                try await ProvisionUsers(context: context).remove(call.path)
                return ProvisioningReply(status: 204)
            }
        }

        Route.resource(
            .get, "groups", "/Groups", summary: "List the provider's groups", permission: .provisioning,
            audit: .reading, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("groups")) {
                try await FindProvisioned(context: $0).groups(call.query)
            }
        }

        Route.document(
            .post, "create-group", "/Groups", summary: "Take a group in", permission: .provisioning, audit: own,
            errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("create-group")) { context in
                let id = try await ProvisionGroups(context: context).create(call.body)
                return try await FindProvisioned(context: context).group(id, call.query, afterChange: 201)
            }
        }

        Route.resource(
            .get, "group", "/Groups/{group}", ProvisionedGroupID.self, summary: "Show a group",
            permission: .provisioning, audit: .reading, errors: faults
        ) { identity, call in
            try await identity.provision(call, .reading("group")) {
                try await FindProvisioned(context: $0).group(call.path, call.query)
            }
        }

        Route.document(
            .put, "replace-group", "/Groups/{group}", ProvisionedGroupID.self, summary: "Replace a group",
            permission: .provisioning, audit: own, errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("replace-group")) { context in
                try await ProvisionGroups(context: context).replace(call.path, call.body)
                return try await FindProvisioned(context: context).group(call.path, call.query, afterChange: 200)
            }
        }

        Route.document(
            .patch, "change-group", "/Groups/{group}", ProvisionedGroupID.self,
            summary: "Change a group, or who is in it", permission: .provisioning, audit: own, errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("change-group")) { context in
                try await ProvisionGroups(context: context).patch(call.path, call.body)
                return try await FindProvisioned(context: context).changedGroup(call.path, call.query)
            }
        }

        Route.resource(
            .delete, "remove-group", "/Groups/{group}", ProvisionedGroupID.self, summary: "Remove a group",
            permission: .provisioning, audit: own, errors: faults
        ) { identity, call in
            try await identity.provision(call, .changing("remove-group")) { context in
                try await ProvisionGroups(context: context).remove(call.path)
                return ProvisioningReply(status: 204)
            }
        }
    }
}

/// The name of a kind of resource, or of its schema.
package struct SCIMKindName: WireValue {
    let text: String

    package static let schema: Schema<Self> = Schema<String>.text(1...200).map(
        { text throws(Invalid) in Self(text: text) }, \.text)
}
