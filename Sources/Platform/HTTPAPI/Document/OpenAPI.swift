import HTTPTypes
package import Kernel

/// The OpenAPI 3.1 document of a list of operations.
package struct OpenAPI {
    private var components = Components()

    package static func document(title: String, version: String, _ operations: [Operation]) -> JSON {
        var builder = OpenAPI()
        var paths: [JSON.Member] = []
        for path in Set(operations.map(\.path)).sorted() {
            let methods = operations.filter { $0.path == path }.map { operation in
                JSON.Member(operation.method.rawValue.lowercased(), builder.operation(operation))
            }
            paths.append(JSON.Member(path, .object(methods)))
        }
        let schemas = builder.components.schemas.merging(["Problem": problemSchema])
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": .string(version)],
            "security": [["bearer": []], ["session": []]],
            "paths": .object(paths),
            "components": [
                "schemas": schemas,
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer"],
                    "session": ["type": "apiKey", "in": "cookie", "name": "__Host-session"],
                ],
            ],
        ]
    }

    /// The names that two different types have.
    static func collisions(_ operations: [Operation]) -> Set<String> {
        var builder = OpenAPI()
        for operation in operations { _ = builder.operation(operation) }
        return builder.components.collisions
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
        if operation.isPublic { members = members.merging(["security": []]) }
        switch operation.body {
        case .nothing: break
        case .json(let shape):
            let content: JSON = ["application/json": ["schema": components.schema(shape, isRequest: true)]]
            members = members.merging(["requestBody": ["required": true, "content": content]])
        case .raw(let mediaTypes):
            let content = mediaTypes.map { JSON.Member($0, ["schema": [:]]) }
            members = members.merging(["requestBody": ["required": true, "content": .object(content)]])
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
                "description": .string(parameter.note), "schema": components.schema(parameter.shape, isRequest: true),
            ]
        }
    }

    private mutating func responses(of operation: Operation) -> [JSON.Member] {
        var success: JSON = ["description": .string(operation.summary)]
        switch operation.response {
        case .nothing: break
        case .json(let shape):
            success = success.merging([
                "content": ["application/json": ["schema": components.schema(shape, isRequest: false)]]
            ])
        case .events(let shape):
            let data: JSON = [
                "type": "string", "contentMediaType": "application/json",
                "contentSchema": components.schema(shape, isRequest: false),
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
            "reasons": [
                "type": "array",
                "items": [
                    "type": "object", "required": ["code", "message"],
                    "properties": ["code": ["type": "string"], "message": ["type": "string"]],
                ],
            ],
        ],
    ]
}
