package import HTTPTypes

/// Why a request's signature cannot count, in words for whoever signs.
package struct SignatureFault: Error, Equatable {
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }
}

/// The signature of a request (RFC 9421), read and not yet checked. Pure.
///
/// There has to be exactly one: with several, somebody would have to say which of them counts.
package struct MessageSignature: Sendable {
    /// What is signed, in its order.
    package let components: [String]
    package let parameters: [StructuredField.Parameter]
    package let signature: [UInt8]

    package init(_ headers: HTTPFields) throws(SignatureFault) {
        guard let inputs = StructuredField.dictionary(headers[fields: .signatureInput].map(\.value)),
            let signatures = StructuredField.dictionary(headers[fields: .signature].map(\.value)),
            inputs.count == 1, signatures.count == 1, inputs[0].name == signatures[0].name,
            case .list(let items, let parameters) = inputs[0].member,
            case .item(let item) = signatures[0].member, case .bytes(let signature) = item.value
        else { throw SignatureFault("Send one signature, in Signature-Input and Signature.") }
        var components: [String] = []
        for item in items {
            guard case .string(let name) = item.value, item.parameters.isEmpty else {
                throw SignatureFault("A component is a plain name here, without parameters.")
            }
            guard !components.contains(name) else { throw SignatureFault("A component is signed twice.") }
            components.append(name)
        }
        self.components = components
        self.parameters = parameters
        self.signature = signature
    }

    package func covers(_ name: String) -> Bool { components.contains(name) }

    /// The bytes that are signed.
    package func base(of message: SignedMessage) throws(SignatureFault) -> [UInt8] {
        var text = ""
        for name in components {
            guard let value = message.value(of: name) else {
                throw SignatureFault("It signs \(name), which the request does not have or which does not count here.")
            }
            text += "\"\(name)\": \(value)\n"
        }
        let list = components.map { StructuredField.Value.string($0).text }.joined(separator: " ")
        text += "\"@signature-params\": (\(list))\(parameters.text)"
        return Array(text.utf8)
    }
}

/// What of a request can be signed.
package struct SignedMessage: Sendable {
    let method: String
    let isSecure: Bool
    /// Host and port as the client named them, in lower case.
    let host: String
    /// Path and query as they came.
    let target: String
    let headers: HTTPFields

    package init(method: String, isSecure: Bool, host: String, target: String, headers: HTTPFields) {
        self.method = method
        self.isSecure = isSecure
        self.host = host
        self.target = target
        self.headers = headers
    }

    package init(_ request: Incoming) {
        self.init(
            method: request.facts.method.rawValue, isSecure: request.facts.isSecure, host: request.facts.host,
            target: request.facts.target, headers: request.headers)
    }

    private var scheme: String { isSecure ? "https" : "http" }

    /// Without the port that goes without saying.
    private var authority: String {
        let usual = isSecure ? ":443" : ":80"
        return host.hasSuffix(usual) ? String(host.dropLast(usual.count)) : host
    }

    /// The value of a component; nil for one that is not there, or that is none of a request.
    func value(of name: String) -> String? {
        let path = target.prefix { $0 != "?" }
        switch name {
        case "@method": return method
        case "@target-uri": return "\(scheme)://\(authority)\(target)"
        case "@authority": return authority
        case "@scheme": return scheme
        case "@request-target": return target
        case "@path": return path.isEmpty ? "/" : String(path)
        case "@query": return path.count == target.count ? "?" : String(target.dropFirst(path.count))
        case "host": return host
        default: return field(name)
        }
    }

    private func field(_ name: String) -> String? {
        guard name == name.lowercased(), let name = HTTPField.Name(name) else { return nil }
        let lines = headers[fields: name]
        guard !lines.isEmpty else { return nil }
        return lines.map { line in
            let bytes = Array(line.value.utf8)
            let isBlank: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
            let text = bytes.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
            return String(decoding: text, as: UTF8.self)
        }.joined(separator: ", ")
    }
}
