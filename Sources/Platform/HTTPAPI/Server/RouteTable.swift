import HTTPTypes

/// Which endpoint a method and a path name. A literal part wins over a parameter.
struct RouteTable: Sendable {
    enum Match {
        case endpoint(Route, path: [String])
        case methodNotAllowed(allow: String)
        case notFound
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var routes: [(method: HTTPRequest.Method, route: Route)] = []
    }

    private var root = Node()

    init(_ routes: [Route]) {
        for route in routes {
            let parts = route.endpoint.operation.path.split(separator: "/").map(String.init)
            Self.insert(route, parts[...], into: &root)
        }
    }

    private static func insert(_ route: Route, _ parts: ArraySlice<String>, into node: inout Node) {
        guard let part = parts.first else {
            let operation = route.endpoint.operation
            precondition(
                !node.routes.contains { $0.method == operation.method }, "\(operation.method) \(operation.path) twice")
            node.routes.append((operation.method, route))
            return
        }
        if part.hasPrefix("{") {
            if node.parameter.isEmpty { node.parameter.append(Node()) }
            insert(route, parts.dropFirst(), into: &node.parameter[0])
        } else {
            insert(route, parts.dropFirst(), into: &node.literals[part, default: Node()])
        }
    }

    /// The path is decoded part by part, so an encoded slash stays inside of its part.
    func match(_ method: HTTPRequest.Method, _ path: Substring) -> Match {
        guard path.first == "/" else { return .notFound }
        var parts: [String] = []
        for part in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let text = PercentCoding.decode(part, plusIsSpace: false), !text.isEmpty, text != ".", text != ".."
            else { return .notFound }
            parts.append(text)
        }
        var values: [String] = []
        guard let node = Self.find(parts[...], root, &values) else { return .notFound }
        let wanted = method == .head ? .get : method
        guard let route = node.routes.first(where: { $0.method == wanted })?.route else {
            return .methodNotAllowed(allow: Self.allow(node))
        }
        if method == .head, case .events = route.endpoint.operation.response {
            return .methodNotAllowed(allow: Self.allow(node))
        }
        return .endpoint(route, path: values)
    }

    private static func find(_ parts: ArraySlice<String>, _ node: Node, _ values: inout [String]) -> Node? {
        guard let part = parts.first else { return node.routes.isEmpty ? nil : node }
        if let next = node.literals[part], let found = find(parts.dropFirst(), next, &values) { return found }
        guard let next = node.parameter.first else { return nil }
        values.append(part)
        if let found = find(parts.dropFirst(), next, &values) { return found }
        values.removeLast()
        return nil
    }

    private static func allow(_ node: Node) -> String {
        var methods = node.routes.map(\.method.rawValue)
        let hasHead = node.routes.contains { entry in
            if case .events = entry.route.endpoint.operation.response { return false }
            return entry.method == .get
        }
        if hasHead { methods.append("HEAD") }
        return methods.sorted().joined(separator: ", ")
    }
}

/// A mounted endpoint with what the server counts about it.
struct Route: Sendable {
    let endpoint: MountedEndpoint
    let metrics: RouteMetrics
}
