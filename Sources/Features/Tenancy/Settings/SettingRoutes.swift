package import HTTPAPI
import Kernel

extension Permission {
    package static let settingsRead = Permission("settings.read")
    package static let settingsManage = Permission("settings.manage")
    package static let mailServerRead = Permission("mail-server.read")
    package static let mailServerManage = Permission("mail-server.manage")
    package static let organizationSettingsRead = Permission("organization-settings.read")
    package static let organizationSettingsManage = Permission("organization-settings.manage")
}

/// The endpoints of a tenant's settings.
package enum SettingRoutes {
    private typealias Route = Endpoint<TenantAPI, Settings>

    package static let group = EndpointGroup<TenantAPI, Settings>("settings") {
        Route.get(
            "show", "/settings", summary: "Show all settings", permission: .settingsRead, returns: SettingsView.self
        ) { settings, call in
            try await settings.show(in: call.scope)
        }

        Route.patch(
            "change", "/settings", summary: "Change settings; null puts one back to its default",
            permission: .settingsManage, audit: .action("settings.changed"), body: SettingChanges.self,
            returns: SettingsView.self, errors: [.hostNameTaken], stepUp: .recent
        ) { settings, call in
            try await settings.change(
                call.body, from: call.version, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show-mail-server", "/settings/mail-server", summary: "Show the company's own mail server",
            permission: .mailServerRead, returns: SettingsView.self
        ) { settings, call in
            try await settings.showMailServer(in: call.scope)
        }

        Route.patch(
            "change-mail-server", "/settings/mail-server", summary: "Change the company's own mail server",
            permission: .mailServerManage, audit: .action("settings.changed"), body: SettingChanges.self,
            returns: SettingsView.self, stepUp: .recent
        ) { settings, call in
            try await settings.changeMailServer(
                call.body, from: call.version, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show-at", "/organizations/{organization}/settings", OrganizationID.self,
            summary: "Show what settings are at an organization, and where that comes from",
            permission: .organizationSettingsRead, returns: OrganizationSettingsView.self
        ) { settings, call in
            try await settings.show(at: call.path, in: call.scope)
        }

        Route.patch(
            "change-at", "/organizations/{organization}/settings", OrganizationID.self,
            summary: "Change settings of an organization; null puts one back to what holds above",
            permission: .organizationSettingsManage, audit: .action("organization.settings-changed"),
            body: SettingChanges.self, returns: OrganizationSettingsView.self, errors: [.topOrganization],
            stepUp: .recent
        ) { settings, call in
            try await settings.change(
                call.body, at: call.path, from: call.version, by: call.actor, at: call.now, audit: call.audit,
                in: call.scope)
        }
    }
}
