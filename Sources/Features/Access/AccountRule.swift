package import Assets
package import Kernel

/// Which accounts a grant opens. Exclusions beat everything else in the same grant.
package enum AccountRule: Sendable, Hashable {
    case name(AccountName)
    /// Every account of the asset.
    case all
    /// The account that is called like the person who asks.
    case same
    case exclude(AccountName)

    /// Whether these rules together open the account to the person with this login.
    package static func allow(_ rules: [AccountRule], _ account: AccountName, login: String) -> Bool {
        guard !rules.contains(.exclude(account)) else { return false }
        return rules.contains { rule in
            switch rule {
            case .name(let name): name == account
            case .all: true
            case .same: account.text == login
            case .exclude: false
            }
        }
    }
}

extension AccountRule: WireValue {
    package enum Kind: String, CaseIterable, WireValue { case name, all, same, exclude }

    package var kind: Kind {
        switch self {
        case .name: .name
        case .all: .all
        case .same: .same
        case .exclude: .exclude
        }
    }

    package var account: AccountName? {
        switch self {
        case .name(let name), .exclude(let name): name
        case .all, .same: nil
        }
    }

    package init(kind: Kind, name: AccountName?) throws(Invalid) {
        switch (kind, name) {
        case (.name, let name?): self = .name(name)
        case (.exclude, let name?): self = .exclude(name)
        case (.all, nil): self = .all
        case (.same, nil): self = .same
        case (.name, nil), (.exclude, nil): throw Invalid("is required for this kind", field: "name")
        case (.all, _), (.same, _): throw Invalid("does not go with this kind", field: "name")
        }
    }

    package static let schema: Schema<Self> = .record({ (kind: Kind, name: AccountName?) throws(Invalid) in
        try AccountRule(kind: kind, name: name)
    }) {
        Field("kind", \.kind)
        Field("name", \.account, AccountName.schema)
    }
}
