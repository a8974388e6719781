package import HTTPAPI
import Kernel

extension Permission {
    package static let messengerChannelsRead = Permission("messenger-channels.read")
    package static let messengerChannelsManage = Permission("messenger-channels.manage")
}

/// The endpoints of channels to messengers.
package enum ChannelRoutes {
    private typealias Route = Endpoint<TenantAPI, Messengers>

    package static let group = EndpointGroup<TenantAPI, Messengers>("messenger-channels") {
        Route.list(
            "list", "/messenger-channels", summary: "List channels to messengers",
            permission: .messengerChannelsRead, by: MessengerChannel.listing
        ) { messengers, call in
            try await messengers.list(call.query, at: call.now, in: call.scope)
        }

        Route.post(
            "create", "/messenger-channels", summary: "Add a channel to a messenger",
            permission: .messengerChannelsManage, audit: .action("messenger-channel.created"),
            body: CreateMessengerChannel.self, returns: MessengerChannel.self, status: 201,
            errors: [.channelNameTaken, .channelLimit], stepUp: .recent
        ) { messengers, call in
            try await messengers.create(
                call.body, maySay: maySay(call), at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/messenger-channels/{channel}", MessengerChannelID.self, summary: "Show a channel to a messenger",
            permission: .messengerChannelsRead, returns: MessengerChannel.self
        ) { messengers, call in
            try await messengers.find(call.path, at: call.now, in: call.scope)
        }

        Route.patch(
            "change", "/messenger-channels/{channel}", MessengerChannelID.self,
            summary: "Change a channel to a messenger", permission: .messengerChannelsManage,
            audit: .action("messenger-channel.changed"), body: ChangeMessengerChannel.self,
            returns: MessengerChannel.self, errors: [.channelNameTaken], stepUp: .recent
        ) { messengers, call in
            try await messengers.change(
                call.path, to: call.body, from: call.version ?? 0, maySay: maySay(call), at: call.now,
                audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete", "/messenger-channels/{channel}", MessengerChannelID.self,
            summary: "Delete a channel to a messenger", permission: .messengerChannelsManage,
            audit: .action("messenger-channel.deleted")
        ) { messengers, call in
            try await messengers.delete(call.path, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.post(
            "show-callback", "/messenger-channels/{channel}/callback", MessengerChannelID.self,
            summary: "Show where the messenger calls for a channel", permission: .messengerChannelsManage,
            audit: .action("messenger-channel.callback-shown"), returns: ChannelCallback.self,
            stepUp: .recent, idempotency: .off(because: "shows what is to be kept to oneself")
        ) { messengers, call in
            try await messengers.callback(
                of: call.path, maySay: maySay(call), audit: call.audit, in: call.scope)
        }

        Route.post(
            "test", "/messenger-channels/{channel}/test", MessengerChannelID.self,
            summary: "Send oneself a card through a channel", permission: .messengerChannelsManage,
            audit: .action("messenger-channel.tested"), returns: ChannelTest.self, rate: .sensitive,
            idempotency: .off(because: "asks the vendor anew each time")
        ) { messengers, call in
            try await messengers.test(
                call.path, by: call.actor, maySay: maySay(call), at: call.now, audit: call.audit, in: call.scope)
        }
    }

    /// Whoever can say for the whole tenant who decides, and who people are, can say who answers for them.
    private static func maySay<Path, Body>(_ call: Call<TenantAPI, Path, Nothing, Body>) -> Bool {
        [Permission("flows.manage"), Permission("identity-providers.manage")].allSatisfy { permission in
            call.scope(of: permission).map { $0.organizations == nil } ?? false
        }
    }
}
