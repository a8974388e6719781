extension MerkleTree {
    /// RFC 9162 §2.1.3.2: whether a leaf is number `index` of the `size` leaves under `root`.
    package static func verifyInclusion(
        _ leaf: Hash256, index: Int, size: Int, proof: [Hash256], root: Hash256
    ) -> Bool {
        guard 0..<max(0, size) ~= index else { return false }
        var node = index
        var last = size - 1
        var hash = leaf
        for sibling in proof {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = self.node(sibling, hash)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                hash = self.node(hash, sibling)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && hash == root
    }

    /// RFC 9162 §2.1.4.2: whether the tree of `size` leaves under `root` starts with the one of `oldSize` under `oldRoot`.
    package static func verifyConsistency(
        oldSize: Int, oldRoot: Hash256, size: Int, root: Hash256, proof: [Hash256]
    ) -> Bool {
        guard 0...max(0, size) ~= oldSize, size >= 0 else { return false }
        if oldSize == size { return proof.isEmpty && oldRoot == root }
        if oldSize == 0 { return proof.isEmpty && oldRoot == .of([]) }
        // A complete old tree is itself the first step of the path.
        let path = oldSize & (oldSize - 1) == 0 ? [oldRoot] + proof : proof
        guard let first = path.first else { return false }
        var node = oldSize - 1
        var last = size - 1
        while node & 1 == 1 { (node, last) = (node >> 1, last >> 1) }
        var (old, new) = (first, first)
        for hash in path.dropFirst() {
            guard last > 0 else { return false }
            if node & 1 == 1 || node == last {
                old = self.node(hash, old)
                new = self.node(hash, new)
                while node & 1 == 0, node != 0 { (node, last) = (node >> 1, last >> 1) }
            } else {
                new = self.node(new, hash)
            }
            (node, last) = (node >> 1, last >> 1)
        }
        return last == 0 && old == oldRoot && new == root
    }
}
