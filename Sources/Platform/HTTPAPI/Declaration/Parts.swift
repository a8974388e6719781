import Kernel

/// The typed parts of a path template, in the order in which the template names them.
struct Parts<Path: Sendable>: Sendable {
    let parameters: [Operation.Parameter]
    let parse: @Sendable ([String]) throws(Problem) -> Path

    init<each Part: WireValue>(_ template: String, _ part: repeat (each Part).Type) where Path == (repeat each Part) {
        let names = template.split(separator: "/").filter { $0.hasPrefix("{") }.map {
            String($0.dropFirst().dropLast())
        }
        var shapes: [Shape] = []
        for schema in repeat (each Part).schema { shapes.append(schema.shape) }
        precondition(names.count == shapes.count, "\(template) does not name as many parts as have a type")
        parameters = zip(names, shapes).map {
            Operation.Parameter(name: $0, place: .path, shape: $1, isRequired: true, note: "")
        }
        let schema = (repeat (each Part).schema)
        let count = names.count
        parse = { values throws(Problem) in
            guard values.count == count else { throw Problem(.notFound) }
            var index = 0
            // A malformed id names nothing, so it is not found rather than invalid.
            func next<P: Sendable>(_ schema: Schema<P>) throws(Problem) -> P {
                defer { index += 1 }
                var reading = Reading()
                guard let value = schema.read(schema.shape.json(from: values[index]), &reading) else {
                    throw Problem(.notFound)
                }
                return value
            }
            return try (repeat next(each schema))
        }
    }
}
