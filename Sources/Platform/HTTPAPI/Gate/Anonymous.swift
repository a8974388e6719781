// The authenticators of the surfaces that need no caller.

extension PublicAPI {
    /// Nobody, at the tenant whose host was called.
    package static func authenticate(_ request: Incoming) throws -> Authenticated<Caller> {
        guard let scope = request.tenant else { throw Problem(.notFound) }
        let caller = Caller(scope: scope, address: request.facts.clientAddress)
        return Authenticated(caller: caller, permissions: [.public], means: .none)
    }
}

extension ProviderDoorAPI {
    /// Nobody yet, at the provider's own host.
    package static func authenticate(_ request: Incoming) -> Authenticated<Caller> {
        Authenticated(caller: Caller(address: request.facts.clientAddress), permissions: [.public], means: .none)
    }
}

extension EnrolmentAPI {
    /// Nobody yet: the token in the body decides.
    package static func authenticate(_ request: Incoming) -> Authenticated<Caller> {
        Authenticated(caller: Caller(address: request.facts.clientAddress), permissions: [.public], means: .none)
    }
}

extension SignUpAPI {
    /// A visitor: the link in the body decides, if anything does.
    package static func authenticate(_ request: Incoming) -> Authenticated<Caller> {
        Authenticated(caller: Caller(address: request.facts.clientAddress), permissions: [.public], means: .none)
    }
}
