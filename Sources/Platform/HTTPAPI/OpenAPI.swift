import HTTPTypes
package import Kernel

/// The OpenAPI 3.1 document of a list of operations.
package struct OpenAPI {
    private var components: [String: JSON] = [:]

    package static func document(title: String, version: String, _ operations: [Operation]) -> JSON {
        var builder = OpenAPI()
        var paths: [JSON.Member] = []
        for path in Set(operations.map(\.path)).sorted() {
            let methods = operations.filter { $0.path == path }.map { operation in
                JSON.Member(operation.method.rawValue.lowercased(), builder.operation(operation))
            }
            paths.append(JSON.Member(path, .object(methods)))
        }
        builder.components["Problem"] = problemSchema
        let schemas = builder.components.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) }
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version)],
            "security": [["bearer": []], ["session": []]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer"],
                    "session": ["type": "apiKey", "in": "cookie", "name": "__Host-session"],
                ],
            ],
        ]
    }

    private mutating func operation(_ operation: Operation) -> JSON {
        var members: JSON = [
            "operationId": .string(operation.name),
            "tags": [.string(operation.group)],
            "summary": .string(operation.summary),
            "parameters": .array(parameters(of: operation)),
            "responses": .object(responses(of: operation)),
            "x-permission": .string(operation.permission.code),
            "x-rate-class": .string(operation.rate.rawValue),
            "x-step-up": .bool(operation.stepUp == .recent),
        ]
        if case .action(let action) = operation.audit { members = members.merging(["x-audit": .string(action)]) }
        if let body = operation.body {
            let content: JSON = ["application/json": ["schema": schema(body, isRequest: true)]]
            members = members.merging(["requestBody": ["required": true, "content": content]])
        }
        return members
    }

    private mutating func parameters(of operation: Operation) -> [JSON] {
        var parameters = operation.parameters
        if operation.isIdempotencyKeyed {
            let shape = Shape.scalar(["type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]+$"])
            parameters.append(
                .init(
                    name: "Idempotency-Key", place: .header, shape: shape, isRequired: false,
                    note: "A repeat with the same key and body gets the first answer again."))
        }
        if operation.precondition == .ifMatch {
            let shape = Shape.scalar(["type": "string", "pattern": .string(ETag.pattern)])
            parameters.append(
                .init(
                    name: "If-Match", place: .header, shape: shape, isRequired: true,
                    note: "The ETag of what you change."))
        }
        return parameters.map { parameter in
            [
                "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
                "required": .bool(parameter.isRequired),
                "description": .string(parameter.note), "schema": schema(parameter.shape, isRequest: true),
            ]
        }
    }

    private mutating func responses(of operation: Operation) -> [JSON.Member] {
        var success: JSON = ["description": .string(operation.summary)]
        switch operation.response {
        case .nothing: break
        case .json(let shape):
            success = success.merging(["content": ["application/json": ["schema": schema(shape, isRequest: false)]]])
        case .events(let shape):
            let data: JSON = [
                "type": "string", "contentMediaType": "application/json",
                "contentSchema": schema(shape, isRequest: false),
            ]
            let event: JSON = ["type": "object", "required": ["data"], "properties": ["data": data]]
            success = success.merging(["content": ["text/event-stream": ["schema": event]]])
        case .file(let mediaType):
            success = success.merging(["content": .object([.init(mediaType, ["schema": [:]])])])
        }
        if operation.hasETag {
            let header: JSON = [
                "description": "The version.", "schema": ["type": "string", "pattern": .string(ETag.pattern)],
            ]
            success = success.merging(["headers": ["ETag": header]])
        }
        var responses = [JSON.Member(String(operation.status), success)]
        if operation.hasETag, operation.method == .get {
            responses.append(.init("304", ["description": "It is still the version of If-None-Match."]))
        }
        let byStatus = Dictionary(grouping: operation.problems, by: \.status)
        for (status, types) in byStatus.sorted(by: { $0.key < $1.key }) {
            let content: JSON = ["application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]]
            let names = Set(types.map(\.name)).sorted()
            responses.append(
                .init(
                    String(status),
                    [
                        "description": .string(names.joined(separator: ", ")), "content": content,
                        "x-problems": .array(names.map(JSON.string)),
                    ]))
        }
        return responses
    }

    /// A JSON Schema. Objects become components; those of requests are closed, those of responses may grow.
    private mutating func schema(_ shape: Shape, isRequest: Bool) -> JSON {
        switch shape {
        case .scalar(let keywords): return keywords
        case .nullable(let inner):
            let inner = schema(inner, isRequest: isRequest)
            if inner["enum"] == nil, let type = inner["type"]?.text {
                return inner.merging(["type": [.string(type), "null"]])
            }
            return ["anyOf": [inner, ["type": "null"]]]
        case .array(let element, let count):
            return [
                "type": "array", "items": schema(element, isRequest: isRequest),
                "minItems": .int(Int64(count.lowerBound)),
                "maxItems": .int(Int64(count.upperBound)),
            ]
        case .object(let object): return component(object.name, object, isRequest: isRequest)
        case .union(let union):
            let variants = union.variants.map { tag, object in
                component(
                    object.name, object, isRequest: isRequest, tag: JSON.Member(union.discriminator, .string(tag)))
            }
            return ["oneOf": .array(variants), "discriminator": ["propertyName": .string(union.discriminator)]]
        case .reference(let name): return ["$ref": .string("#/components/schemas/\(name)")]
        }
    }

    private mutating func component(
        _ name: String, _ object: ObjectShape, isRequest: Bool, tag: JSON.Member? = nil
    ) -> JSON {
        let reference: JSON = ["$ref": .string("#/components/schemas/\(name)")]
        var properties = object.fields.map { field in
            var property = schema(field.shape, isRequest: isRequest)
            if !field.note.isEmpty { property = property.merging(["description": .string(field.note)]) }
            if field.isWriteOnly { property = property.merging(["writeOnly": true]) }
            return JSON.Member(field.name, property)
        }
        var required = object.fields.filter { $0.isRequired || !isRequest && !$0.isWriteOnly }.map(\.name)
        if let tag {
            properties.insert(.init(tag.name, ["const": tag.value]), at: 0)
            required.insert(tag.name, at: 0)
        }
        var body: JSON = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { body = body.merging(["required": .array(required.map(JSON.string))]) }
        if isRequest { body = body.merging(["additionalProperties": false]) }
        precondition(components[name, default: body] == body, "two different shapes are called \(name)")
        components[name] = body
        return reference
    }

    private static let problemSchema: JSON = [
        "type": "object",
        "required": ["type", "title", "status", "traceId"],
        "properties": [
            "type": ["type": "string"], "title": ["type": "string"], "status": ["type": "integer"],
            "traceId": ["type": "string"], "detail": ["type": "string"],
            "errors": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["pointer", "message"],
                    "properties": ["pointer": ["type": "string"], "message": ["type": "string"]],
                ],
            ],
        ],
    ]
}
