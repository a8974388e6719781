package import HTTPAPI
import Kernel

/// The endpoints by which a provider's provisioning is set up.
package enum ProvisioningRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("provisioning") {
        Route.get(
            "show", "/identity-providers/{provider}/provisioning", IdentityProviderID.self,
            summary: "Show how a provider's people are provisioned", permission: .identityProvidersRead,
            returns: Provisioning.self
        ) { identity, call in
            try await identity.provisioning(of: call.path, in: call.scope)
        }

        Route.patch(
            "change", "/identity-providers/{provider}/provisioning", IdentityProviderID.self,
            summary: "Change how a provider's people are provisioned", permission: .identityProvidersManage,
            audit: .action("provisioning.changed"), body: ChangeProvisioning.self, returns: Provisioning.self,
            errors: [.dutiesCross], stepUp: .recent
        ) { identity, call in
            try await identity.changeProvisioning(of: call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.list(
            "clients", "/identity-providers/{provider}/provisioning-clients", IdentityProviderID.self,
            summary: "List the programs that provision", permission: .identityProvidersRead,
            by: ProvisioningClient.listing
        ) { identity, call in
            try await identity.provisioningClients(of: call.path, call.query, in: call.scope)
        }

        Route.post(
            "create-client", "/identity-providers/{provider}/provisioning-clients", IdentityProviderID.self,
            summary: "Make a token for a program that provisions", permission: .identityProvidersManage,
            audit: .action("provisioning-client.created"), body: CreateProvisioningClient.self,
            returns: ProvisioningToken.self, status: 201, errors: [.nameTaken, .limitReached, .dutiesCross],
            rate: .sensitive,
            stepUp: .recent, idempotency: .off(because: "shows the token once")
        ) { identity, call in
            try await identity.createProvisioningClient(call.body, of: call.path, call.acting)
        }

        Route.post(
            "rotate-client", "/identity-providers/{provider}/provisioning-clients/{client}/rotate",
            IdentityProviderID.self, ProvisioningClientID.self,
            summary: "Put another token in the place of one", permission: .identityProvidersManage,
            audit: .action("provisioning-client.rotated"), body: RotateProvisioningClient.self,
            returns: ProvisioningToken.self, errors: [.dutiesCross], rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "shows the token once")
        ) { identity, call in
            try await identity.rotateProvisioningClient(call.path.1, of: call.path.0, call.body, call.acting)
        }

        Route.delete(
            "remove-client", "/identity-providers/{provider}/provisioning-clients/{client}", IdentityProviderID.self,
            ProvisioningClientID.self, summary: "Take a program's token back",
            permission: .identityProvidersManage, audit: .action("provisioning-client.removed"), stepUp: .recent
        ) { identity, call in
            try await identity.removeProvisioningClient(call.path.1, of: call.path.0, call.acting)
            return Nothing()
        }

        Route.list(
            "calls", "/identity-providers/{provider}/provisioning-calls", IdentityProviderID.self,
            summary: "List what programs asked for lately", permission: .identityProvidersRead,
            by: ProvisioningCall.listing
        ) { identity, call in
            try await identity.provisioningCalls(of: call.path, call.query, in: call.scope)
        }
    }
}
