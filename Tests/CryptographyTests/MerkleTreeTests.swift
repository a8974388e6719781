import Cryptography
import Testing

@Suite struct MerkleTreeTests {
    private static let data = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map(hex)

    private static func leaves(_ count: Int) -> [Hash256] {
        (0..<count).map { MerkleTree.leaf([UInt8($0)]) }
    }

    @Test(arguments: [
        (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        (4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        (6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
        (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
    ])
    func `roots are those of Certificate Transparency`(size: Int, root: String) {
        #expect(MerkleTree.root(Self.data.prefix(size).map(MerkleTree.leaf)).hex == root)
    }

    @Test func `proofs have the shape of the example in RFC 9162`() {
        let leaves = Self.data.prefix(7).map(MerkleTree.leaf)
        let short = { (hashes: [Hash256]) in hashes.map { String($0.hex.prefix(16)) } }
        #expect(
            short(MerkleTree.inclusionProof(of: 3, in: leaves)) == [
                "0298d122906dcfc1", "fac54203e7cc696c", "837dbb152e9b0790",
            ])
        #expect(
            short(MerkleTree.consistencyProof(from: 3, in: leaves)) == [
                "0298d122906dcfc1", "07506a85fd9dd2f1", "fac54203e7cc696c", "837dbb152e9b0790",
            ])
        #expect(short(MerkleTree.consistencyProof(from: 4, in: leaves)) == ["837dbb152e9b0790"])
        #expect(
            short(MerkleTree.consistencyProof(from: 6, in: leaves)) == [
                "0ebc5d3437fbe2db", "b08693ec2e721597", "d37ee418976dd957",
            ])
    }

    @Test func `every leaf of every small tree is provable, and only in its place`() {
        for size in 1...20 {
            let leaves = Self.leaves(size)
            let root = MerkleTree.root(leaves)
            for index in leaves.indices {
                let proof = MerkleTree.inclusionProof(of: index, in: leaves)
                func holds(_ leaf: Int, _ index: Int, _ size: Int, _ proof: [Hash256]) -> Bool {
                    MerkleTree.verifyInclusion(
                        MerkleTree.leaf([UInt8(leaf)]), index: index, size: size, proof: proof, root: root)
                }
                #expect(holds(index, index, size, proof))
                #expect(!holds(index + 1, index, size, proof))
                #expect(!holds(index, index, size, proof + [root]))
                if !proof.isEmpty { #expect(!holds(index, index, size, proof.dropLast())) }
                for other in 0..<size where other != index { #expect(!holds(index, other, size, proof)) }
                #expect(!holds(index, size, size, proof))
                #expect(!holds(index, -1, size, proof))
            }
        }
    }

    @Test func `every growth is provable, and no rewriting is`() {
        for size in 0...20 {
            let leaves = Self.leaves(size)
            let root = MerkleTree.root(leaves)
            for old in 0...size {
                let oldRoot = MerkleTree.root(leaves.prefix(old))
                let proof = MerkleTree.consistencyProof(from: old, in: leaves)
                func holds(_ oldRoot: Hash256, _ root: Hash256, _ proof: [Hash256]) -> Bool {
                    MerkleTree.verifyConsistency(
                        oldSize: old, oldRoot: oldRoot, size: size, root: root, proof: proof)
                }
                #expect(holds(oldRoot, root, proof))
                let forged = MerkleTree.leaf([255, 255])
                #expect(!holds(forged, root, proof))
                if old > 0 { #expect(!holds(oldRoot, forged, proof)) }
                #expect(!holds(oldRoot, root, proof + [forged]))
                for index in proof.indices {
                    var changed = proof
                    changed[index] = forged
                    #expect(!holds(oldRoot, root, changed))
                }
            }
        }
    }

    @Test func `the growing edge has the root of the whole tree, also after being stored`() throws {
        var frontier = MerkleFrontier()
        for size in 0...70 {
            #expect(frontier.root == MerkleTree.root(Self.leaves(size)))
            #expect(MerkleFrontier(size: frontier.size, hashes: frontier.hashes) == frontier)
            frontier.append(MerkleTree.leaf([UInt8(size)]))
        }
        #expect(MerkleFrontier(size: 3, hashes: [.of([])]) == nil)
    }
}
