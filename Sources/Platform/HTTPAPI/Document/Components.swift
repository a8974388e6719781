import Kernel

/// The named schemas of a document. Objects of requests are closed, those of responses may grow, so a type that is used
/// both ways becomes two.
struct Components {
    private struct Key: Hashable {
        let type: String
        let isRequest: Bool
    }

    private var names: [Key: String] = [:]
    private var bodies: [String: JSON] = [:]
    /// Names that two different types have. The first keeps it; a completeness test fails.
    private(set) var collisions: Set<String> = []

    var schemas: JSON { .object(bodies.sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value) }) }

    /// A JSON Schema.
    mutating func schema(_ shape: Shape, isRequest: Bool) -> JSON {
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
        case .object(let object): return component(object, isRequest: isRequest)
        case .union(let union):
            let variants = union.variants.map { tag, object in
                component(object, isRequest: isRequest, tag: JSON.Member(union.discriminator, .string(tag)))
            }
            return ["oneOf": .array(variants), "discriminator": ["propertyName": .string(union.discriminator)]]
        case .reference(let type): return reference(name(of: type, isRequest: isRequest))
        }
    }

    private mutating func name(of type: String, isRequest: Bool) -> String {
        let key = Key(type: type, isRequest: isRequest)
        if let name = names[key] { return name }
        let isTaken = names[Key(type: type, isRequest: !isRequest)] == type
        let name = isTaken ? type + (isRequest ? "Input" : "Output") : type
        names[key] = name
        return name
    }

    private func reference(_ name: String) -> JSON { ["$ref": .string("#/components/schemas/\(name)")] }

    private mutating func component(_ object: ObjectShape, isRequest: Bool, tag: JSON.Member? = nil) -> JSON {
        let name = name(of: object.name, isRequest: isRequest)
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
        if let other = bodies[name] {
            if other != body { collisions.insert(object.name) }
        } else {
            bodies[name] = body
        }
        return reference(name)
    }
}
