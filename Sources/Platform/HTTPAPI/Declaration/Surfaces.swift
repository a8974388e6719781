package import FoundationEssentials
package import Kernel

/// `/api/v1`: people and programs of one tenant.
package enum TenantAPI: Surface {
    package static let base = "/api/v1"
    package static let host = HostKind.tenant
    package static let isKeyed = true

    package struct Caller: CallerIdentity {
        package private(set) var scope: TenantScope
        package let user: UserID
        package let name: String
        /// In which parts of the tenant the caller holds what; nil if everything is held in the whole of it.
        package let reach: PermissionReach?
        private let kept: PermissionReach?
        /// What is held for good wherever the permission of the call is; nil if nothing is held for a while.
        package private(set) var lasting: Set<Permission>?
        /// The browser session, the API token or the access key by which the user proved who it is.
        package let session: WebSessionID?
        package let token: APITokenID?
        package let accessKey: AccessKeyID?
        /// Set for somebody of the hosting provider, who is inside by the tenant's consent.
        package let support: SupportPerson?

        package init(
            scope: TenantScope, user: UserID, name: String, session: WebSessionID? = nil, token: APITokenID? = nil,
            accessKey: AccessKeyID? = nil, reach: PermissionReach? = nil, lasting kept: PermissionReach? = nil
        ) {
            self.scope = scope
            self.user = user
            self.name = name
            self.reach = reach
            self.kept = kept
            self.session = session
            self.token = token
            self.accessKey = accessKey
            support = nil
        }

        /// Somebody of the hosting provider, whom the tenant let in. No user has the id: nothing of any user is theirs.
        package init(scope: TenantScope, support: SupportPerson) {
            self.scope = scope
            user = UserID(support.access.uuid)
            name = support.name
            reach = nil
            kept = nil
            session = nil
            token = nil
            accessKey = nil
            self.support = support
        }

        /// Whether a program calls, and nobody at a browser.
        package var isProgram: Bool { token != nil || accessKey != nil }

        package var principal: Principal {
            if let support {
                Principal(.provider, id: support.operator.text, name: name, tenant: scope.tenant)
            } else {
                Principal(.user, id: user.text, name: name, tenant: scope.tenant)
            }
        }

        /// The organizations in which the caller has any role; nil for the whole tenant.
        package var home: TenantScope? {
            reach?.home.map { scope.confined(to: $0) }
        }

        package func acting(by permission: Permission) -> Caller {
            guard let reach else { return self }
            var caller = self
            caller.lasting = kept?.permissions(beside: permission)
            // Nowhere is no organization at all, not every one.
            caller.scope =
                reach.scope(of: permission, in: scope) ?? TenantScope(tenant: scope.tenant, organizations: [])
            return caller
        }

        package func permissions(beside permission: Permission, of held: Set<Permission>) -> Set<Permission> {
            reach?.permissions(beside: permission) ?? held
        }
    }
}

/// Somebody of the hosting provider inside of a tenant.
package struct SupportPerson: Sendable, Hashable {
    package let access: SupportAccessID
    package let `operator`: ProviderOperatorID
    package let name: String
    /// When the tenant's consent ends.
    package let until: Date

    package init(access: SupportAccessID, operator: ProviderOperatorID, name: String, until: Date) {
        self.access = access
        self.operator = `operator`
        self.name = name
        self.until = until
    }
}

/// `/api/v1` for those who have not signed in: sign-in itself, decision links. The tenant is the host's.
package enum PublicAPI: Surface {
    package static let base = "/api/v1"
    package static let host = HostKind.tenant
    package static let isKeyed = false

    package struct Caller: CallerIdentity {
        package let scope: TenantScope
        package let address: String

        package init(scope: TenantScope, address: String) {
            self.scope = scope
            self.address = address
        }

        package var principal: Principal {
            Principal(.anonymous, id: address, name: "nobody", tenant: scope.tenant)
        }
    }
}

/// `/scim/v2`: programs of a tenant's identity providers, which say who the tenant's people are (RFC 7644).
package enum ProvisioningAPI: Surface {
    package static let base = "/scim/v2"
    package static let host = HostKind.tenant
    package static let isKeyed = false

    package struct Caller: CallerIdentity {
        package let scope: TenantScope
        package let provider: IdentityProviderID
        package let client: ProvisioningClientID
        package let name: String

        package init(
            scope: TenantScope, provider: IdentityProviderID, client: ProvisioningClientID, name: String
        ) {
            self.scope = scope
            self.provider = provider
            self.client = client
            self.name = name
        }

        package var principal: Principal {
            Principal(.program, id: client.text, name: name, tenant: scope.tenant)
        }
    }
}

/// `/provider/v1`: the people and programs of the hosting provider.
package enum ProviderAPI: Surface {
    package static let base = "/provider/v1"
    package static let host = HostKind.provider
    package static let isKeyed = true

    package struct Caller: CallerIdentity {
        package let `operator`: ProviderOperatorID
        package let name: String
        /// The browser session by which the operator proved who it is; none for the installation's token.
        package let session: ProviderSessionID?

        package init(operator: ProviderOperatorID, name: String, session: ProviderSessionID? = nil) {
            self.operator = `operator`
            self.name = name
            self.session = session
        }

        package var principal: Principal { Principal(.provider, id: `operator`.text, name: name) }
    }
}

/// `/provider/v1` for operators who have not signed in.
package enum ProviderDoorAPI: Surface {
    package static let base = "/provider/v1"
    package static let host = HostKind.provider
    package static let isKeyed = false

    package struct Caller: CallerIdentity {
        package let address: String

        package init(address: String) {
            self.address = address
        }

        package var principal: Principal { Principal(.anonymous, id: address, name: "nobody") }
    }
}

/// `/worker/v1`: gateway workers, each by its own key.
package enum WorkerAPI: Surface {
    package static let base = "/worker/v1"
    package static let host = HostKind.worker
    package static let isKeyed = false

    package struct Caller: CallerIdentity {
        package let worker: WorkerID
        package let name: String

        package init(worker: WorkerID, name: String) {
            self.worker = worker
            self.name = name
        }

        package var principal: Principal { Principal(.worker, id: worker.text, name: name) }
    }
}

/// `/worker/v1` for a worker that has no key yet.
package enum EnrolmentAPI: Surface {
    package static let base = "/worker/v1"
    package static let host = HostKind.worker
    package static let isKeyed = false

    package struct Caller: CallerIdentity {
        package let address: String

        package init(address: String) {
            self.address = address
        }

        package var principal: Principal { Principal(.anonymous, id: address, name: "nobody") }
    }
}

/// `/api/v1` on the host where companies sign themselves up: visitors who belong to no tenant.
package enum SignUpAPI: Surface {
    package static let base = "/api/v1"
    package static let host = HostKind.signUp
    package static let isKeyed = false

    package struct Caller: CallerIdentity {
        package let address: String

        package init(address: String) {
            self.address = address
        }

        package var principal: Principal { Principal(.anonymous, id: address, name: "nobody") }
    }
}
