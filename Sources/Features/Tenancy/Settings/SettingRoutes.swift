package import HTTPAPI
import Kernel

extension Permission {
    package static let settingsRead = Permission("settings.read")
    package static let settingsManage = Permission("settings.manage")
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
    }
}
