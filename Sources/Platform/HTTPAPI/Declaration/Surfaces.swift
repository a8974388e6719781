package import Kernel

/// `/api/v1`: people and programs of one tenant.
package enum TenantAPI: Surface {
    package static let base = "/api/v1"
    package static let host = HostKind.tenant
    package static let isKeyed = true

    package struct Caller: CallerIdentity {
        package let scope: TenantScope
        package let user: UserID
        package let name: String
        /// The browser session or the API token by which the user proved who it is.
        package let session: WebSessionID?
        package let token: APITokenID?

        package init(
            scope: TenantScope, user: UserID, name: String, session: WebSessionID? = nil, token: APITokenID? = nil
        ) {
            self.scope = scope
            self.user = user
            self.name = name
            self.session = session
            self.token = token
        }

        package var principal: Principal { Principal(.user, id: user.text, name: name, tenant: scope.tenant) }
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

/// `/provider/v1`: the people and programs of the hosting provider.
package enum ProviderAPI: Surface {
    package static let base = "/provider/v1"
    package static let host = HostKind.provider
    package static let isKeyed = true

    package struct Caller: CallerIdentity {
        package let `operator`: ProviderOperatorID
        package let name: String

        package init(operator: ProviderOperatorID, name: String) {
            self.operator = `operator`
            self.name = name
        }

        package var principal: Principal { Principal(.provider, id: `operator`.text, name: name) }
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
