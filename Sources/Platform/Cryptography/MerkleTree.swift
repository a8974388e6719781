/// The Merkle tree of RFC 9162 §2.1 over SHA-256: proofs that one entry is in a log, and that a log only grew.
package enum MerkleTree {
    /// SHA-256(0x00 ‖ data).
    package static func leaf(_ data: [UInt8]) -> Hash256 { .of([0], data) }

    /// SHA-256(0x01 ‖ left ‖ right).
    package static func node(_ left: Hash256, _ right: Hash256) -> Hash256 { .of([1], left.bytes, right.bytes) }

    /// The tree hash of leaves that are hashed already; of none, the hash of nothing.
    package static func root(_ leaves: some RandomAccessCollection<Hash256>) -> Hash256 {
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    /// The path from one leaf up to the root.
    package static func inclusionProof(of index: Int, in leaves: [Hash256]) -> [Hash256] {
        precondition(leaves.indices.contains(index))
        return inclusion(index, leaves[...])
    }

    /// What shows that the first `size` leaves are the start of this tree.
    package static func consistencyProof(from size: Int, in leaves: [Hash256]) -> [Hash256] {
        precondition(0...leaves.count ~= size)
        return size == 0 || size == leaves.count ? [] : subproof(size, leaves[...], complete: true)
    }

    private static func inclusion(_ index: Int, _ leaves: ArraySlice<Hash256>) -> [Hash256] {
        guard leaves.count > 1 else { return [] }
        let split = largestPower(below: leaves.count)
        let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
        return index < split
            ? inclusion(index, left) + [root(right)] : inclusion(index - split, right) + [root(left)]
    }

    private static func subproof(_ size: Int, _ leaves: ArraySlice<Hash256>, complete: Bool) -> [Hash256] {
        guard size < leaves.count else { return complete ? [] : [root(leaves)] }
        let split = largestPower(below: leaves.count)
        let (left, right) = (leaves.prefix(split), leaves.dropFirst(split))
        return size <= split
            ? subproof(size, left, complete: complete) + [root(right)]
            : subproof(size - split, right, complete: false) + [root(left)]
    }

    private static func largestPower(below count: Int) -> Int {
        1 << (Int.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

/// The right edge of a growing tree: all that is needed to append and to know the root, in O(log n) memory.
package struct MerkleFrontier: Sendable, Equatable {
    package private(set) var size: UInt64
    /// The hashes of the complete subtrees, the largest one first; there is one for each bit of `size`.
    package private(set) var hashes: [Hash256]

    package init() {
        size = 0
        hashes = []
    }

    /// A stored edge, if the number of hashes fits the size.
    package init?(size: UInt64, hashes: [Hash256]) {
        guard size.nonzeroBitCount == hashes.count else { return nil }
        self.size = size
        self.hashes = hashes
    }

    package mutating func append(_ leaf: Hash256) {
        var hash = leaf
        for _ in 0..<(~size).trailingZeroBitCount { hash = MerkleTree.node(hashes.removeLast(), hash) }
        hashes.append(hash)
        size += 1
    }

    package var root: Hash256 {
        guard var hash = hashes.last else { return .of([]) }
        for left in hashes.dropLast().reversed() { hash = MerkleTree.node(left, hash) }
        return hash
    }
}
