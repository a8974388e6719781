package import Cryptography
import Kernel

/// Some frames of a recording, each provable by itself: whoever has them and the receipt knows that they are part of the
/// recording, and of no other, without seeing the rest.
///
/// Canonical JSON `format` `gatehouse-partial-1`, `header` (magic and header, base64url) and `frames`, each with `frame`
/// (its bytes), `previous` (the chain value before it) and `proof` (its path to the receipt's root).
package struct PartialExport: Sendable {
    package struct Item: Sendable {
        package let frame: Frame
        package let previous: Hash256
        package let proof: InclusionProof
    }

    package let header: RecordingHeader
    package let headerBytes: [UInt8]
    package let items: [Item]
    private static let format = "gatehouse-partial-1"

    /// Takes the event frames that touch the given time, in microseconds since the start.
    package init(of source: any RecordingSource, times: ClosedRange<UInt64>) throws(RecordingError) {
        var walk = try ContainerWalk(source)
        var leaves: [Hash256] = []
        var chosen: [(index: Int, frame: Frame, previous: Hash256)] = []
        var previous = walk.state.chain
        while let frame = try walk.next() {
            if frame.header.type == .events {
                if times.overlaps(frame.header.from...frame.header.to) {
                    chosen.append((leaves.count, frame, previous))
                }
                leaves.append(MerkleTree.leaf(frame.chain.bytes))
            }
            previous = frame.chain
        }
        header = walk.header
        headerBytes = walk.headerBytes
        items = chosen.map { index, frame, previous in
            let hashes = MerkleTree.inclusionProof(of: index, in: leaves)
            return Item(
                frame: frame, previous: previous,
                proof: InclusionProof(index: index, size: leaves.count, hashes: hashes))
        }
    }

    package init?(_ bytes: [UInt8]) {
        guard let json = CanonicalJSON.parse(bytes), case .object(let members) = json, members.count == 3,
            json["format"]?.text == Self.format, let headerBytes = json["header"]?.text.flatMap(Base64URL.decode),
            case .array(let elements)? = json["frames"]
        else { return nil }
        var scanner = ContainerScanner()
        scanner.feed(headerBytes)
        guard case .header(let header, _)? = try? scanner.next(), scanner.rest.isEmpty else { return nil }
        let items = elements.compactMap(Self.item)
        guard items.count == elements.count else { return nil }
        self.header = header
        self.headerBytes = headerBytes
        self.items = items
    }

    package var bytes: [UInt8] {
        let json: JSON = [
            "format": .string(Self.format), "header": .string(Base64URL.encode(headerBytes)),
            "frames": .array(
                items.map { item in
                    [
                        "frame": .string(Base64URL.encode(item.frame.bytes)), "previous": .string(item.previous.text),
                        "proof": item.proof.json,
                    ]
                }),
        ]
        return (try? CanonicalJSON.bytes(json)) ?? []
    }

    /// The first frame that is not what it claims, given the root of the whole recording and its number of frames.
    package func firstFault(root: Hash256, frames: UInt64) -> ContainerFault? {
        for item in items {
            let sequence = item.frame.header.sequence
            let holds =
                item.frame.header.type == .events && item.frame.expectedChain(after: item.previous) == item.frame.chain
                && UInt64(item.proof.size) == frames && UInt64(item.proof.index) + 1 == sequence
                && item.proof.holds(MerkleTree.leaf(item.frame.chain.bytes), under: root)
                && (sequence > 1 || item.previous == .of(headerBytes))
            if !holds { return ContainerFault(frame: sequence, offset: 0, reason: .chain) }
        }
        return nil
    }

    private static func item(_ json: JSON) -> Item? {
        guard case .object(let members) = json, members.count == 3,
            let bytes = json["frame"]?.text.flatMap(Base64URL.decode),
            let previous = json["previous"]?.text.flatMap(Hash256.init),
            let proof = json["proof"].flatMap(InclusionProof.init(json:))
        else { return nil }
        var scanner = ContainerScanner(awaitsHeader: false)
        scanner.feed(bytes)
        guard case .frame(let frame)? = try? scanner.next(), scanner.rest.isEmpty else { return nil }
        return Item(frame: frame, previous: previous, proof: proof)
    }
}
