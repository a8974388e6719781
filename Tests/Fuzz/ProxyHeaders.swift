import SSH

/// What a balancer says of its clients. Apart from the others, which have SSH keys of another kind.
enum ProxyHeaders {
    static func read(_ bytes: [UInt8]) {
        let (whole, left) = read(bytes, atMost: .max)
        let (piecemeal, rest) = read(bytes, atMost: 1)
        switch (whole, piecemeal) {
        case (.refused, .refused): break
        case (.read(let header), .read(let other)) where header == other && left == rest && bytes.count - left <= 4112:
            if case .client(let client) = header, client.host == "unknown" { fatalError("a client that is nowhere") }
        case (.wants(let more), .wants(let other)) where more == other && left == 0 && rest == 0: break
        default: fatalError("pieces make a difference: \(whole) \(piecemeal)")
        }
    }

    private static func read(_ bytes: [UInt8], atMost most: Int) -> (ProxyHeaderReader.Step, left: Int) {
        var reader = ProxyHeaderReader()
        var rest = bytes[...]
        while case .wants(let count) = reader.step, !rest.isEmpty {
            if count < 1 { fatalError("nothing is wanted") }
            let piece = rest.prefix(min(count, most))
            rest = rest.dropFirst(piece.count)
            reader.receive(piece)
        }
        return (reader.step, rest.count)
    }
}
