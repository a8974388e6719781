/// What a client gives as its user name: `tenant+user`, or with the target `tenant+user+account+asset`. The plus sign
/// passes every client's own parsing; a name that contains one is given by id.
package struct LoginName: Sendable, Equatable {
    package struct Target: Sendable, Equatable {
        package let account: String?
        package let asset: String

        package init(account: String?, asset: String) {
            self.account = account
            self.asset = asset
        }
    }

    /// Empty if there was none; the server then says what is missing.
    package let tenant: String
    package let user: String
    package let target: Target?

    /// Parses a user name. A listener that belongs to one tenant leaves the first part out.
    package init?(_ text: String, listenerOf tenant: String? = nil) {
        guard text.utf8.count <= 1024,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else { return nil }
        var parts = text.split(separator: "+", omittingEmptySubsequences: false).map(String.init)
        if let tenant {
            self.tenant = tenant
        } else {
            let isNamed = parts.count > 1
            self.tenant = isNamed ? parts.removeFirst() : ""
            if isNamed, self.tenant.isEmpty { return nil }
        }
        guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 255 }), self.tenant.utf8.count <= 40 else {
            return nil
        }
        switch parts.count {
        case 1: target = nil
        case 2: target = Target(account: nil, asset: parts[1])
        case 3: target = Target(account: parts[1], asset: parts[2])
        default: return nil
        }
        user = parts[0]
    }
}
