import Kernel

/// What the service says of itself (RFC 7643, 5 to 7).
enum SCIMDiscovery {
    static let listURN = "urn:ietf:params:scim:api:messages:2.0:ListResponse"

    static func list(_ resources: [JSON], total: Int, startIndex: Int = 1) -> JSON {
        [
            "schemas": [.string(listURN)], "totalResults": .int(Int64(total)),
            "startIndex": .int(Int64(startIndex)), "itemsPerPage": .int(Int64(resources.count)),
            "Resources": .array(resources),
        ]
    }

    static func configuration(_ base: String) -> JSON {
        [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
            "patch": ["supported": true],
            "bulk": ["supported": false, "maxOperations": 0, "maxPayloadSize": 0],
            "filter": ["supported": true, "maxResults": .int(Int64(SCIMQuery.mostResources))],
            "changePassword": ["supported": false],
            "sort": ["supported": false],
            "etag": ["supported": true],
            "authenticationSchemes": [
                [
                    "type": "oauthbearertoken", "name": "Bearer token",
                    "description": "A token that an administrator makes in the portal.", "primary": true,
                ]
            ],
            "meta": meta("ServiceProviderConfig", "\(base)/ServiceProviderConfig"),
        ]
    }

    static func resourceType(_ kind: SCIMKind, _ base: String) -> JSON {
        [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": .string(kind.name), "name": .string(kind.name), "endpoint": .string(kind.endpoint),
            "description": .string(kind.note), "schema": .string(kind.urn),
            "schemaExtensions": .array(
                kind.more.map { [["schema": .string($0.urn), "required": false]] } ?? []),
            "meta": meta("ResourceType", "\(base)/ResourceTypes/\(kind.name)"),
        ]
    }

    static func schema(_ kind: SCIMKind, _ base: String) -> JSON {
        [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": .string(kind.urn), "name": .string(kind.name), "description": .string(kind.note),
            "attributes": .array(kind.attributes.map(\.document)),
            "meta": meta("Schema", "\(base)/Schemas/\(kind.urn)"),
        ]
    }

    static func schema(_ more: SCIMExtension, _ base: String) -> JSON {
        [
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": .string(more.urn), "name": .string(more.name), "description": .string(more.note),
            "attributes": .array(more.attributes.map(\.document)),
            "meta": meta("Schema", "\(base)/Schemas/\(more.urn)"),
        ]
    }

    private static func meta(_ type: String, _ location: String) -> JSON {
        ["resourceType": .string(type), "location": .string(location)]
    }
}
