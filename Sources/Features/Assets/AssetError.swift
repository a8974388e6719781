package import HTTPAPI

/// What can be wrong with an asset, a node or a host key, closed.
package enum AssetError: ProblemRepresentable, Equatable {
    case notFound
    case changed
    case nameTaken
    case unknownNode
    case unknownOwner
    case nodeNameTaken
    case nodeNotEmpty
    case nodeInsideItself
    case unreachable(String)

    package var problem: Problem {
        switch self {
        case .notFound: Problem(.notFound)
        case .changed: Problem(.versionChanged)
        case .nameTaken: Problem(.assetNameTaken, "Another asset has this name. Choose a different one.")
        case .unknownNode: Problem(.unknownNode, "One of the nodes does not exist. Reload the tree and choose again.")
        case .unknownOwner: Problem(.unknownOwner, "The owner does not exist or is disabled. Choose somebody else.")
        case .nodeNameTaken: Problem(.nodeNameTaken, "A node with this name is already in the same place.")
        case .nodeNotEmpty: Problem(.nodeNotEmpty, "Move or delete the nodes below it first.")
        case .nodeInsideItself: Problem(.nodeInsideItself, "A node cannot be moved below itself.")
        case .unreachable(let why): Problem(.assetUnreachable, why)
        }
    }
}

extension ProblemType {
    package static let assetNameTaken = ProblemType("asset-name-taken", "The name is taken", status: 409)
    package static let unknownNode = ProblemType("unknown-node", "There is no such node", status: 422)
    package static let unknownOwner = ProblemType("unknown-owner", "There is no such owner", status: 422)
    package static let nodeNameTaken = ProblemType("node-name-taken", "The name is taken", status: 409)
    package static let nodeNotEmpty = ProblemType("node-not-empty", "The node has nodes below it", status: 409)
    package static let nodeInsideItself = ProblemType("node-inside-itself", "That would make a circle", status: 409)
    package static let assetUnreachable = ProblemType("asset-unreachable", "The asset cannot be reached", status: 409)

    package static let assets: [ProblemType] = [
        assetNameTaken, unknownNode, unknownOwner, nodeNameTaken, nodeNotEmpty, nodeInsideItself, assetUnreachable,
    ]
}
