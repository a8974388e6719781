package import HTTPAPI
package import Kernel
import Postgres

extension Notifications {
    /// Where somebody is told of what.
    package func subscriptions(of user: UserID, in scope: TenantScope) async throws -> NoticeSubscriptions {
        let defaults = try await SubscriptionStore.defaults(in: scope, database)
        let wishes = try await SubscriptionStore.wishes(of: user, in: scope, database)
        let preferences = try await SubscriptionStore.preferences(of: user, in: scope, database)
        let (types, chats) = try await types(
            company: defaults, person: wishes, besides: NoticeChannel.rooms, in: scope)
        return NoticeSubscriptions(
            types: types, chats: chats, quiet: QuietTime(preferences.quiet),
            timeZone: preferences.timeZone, digest: preferences.digest)
    }

    package func setSubscriptions(
        _ request: SetNoticeSubscriptions, of user: UserID, audit: AuditDraft, in scope: TenantScope
    ) async throws -> NoticeSubscriptions {
        try NoticeWish.check(request.wishes, besides: NoticeChannel.rooms)
        try await database.transaction(in: scope) { tx in
            if let zone = request.timeZone, try await !SubscriptionStore.isTimeZone(zone, tx) {
                throw NotificationError.unknownTimeZone
            }
            try await SubscriptionStore.lock(user, in: scope, tx)
            try await SubscriptionStore.set(request.wishes, of: user, in: scope, tx)
            try await SubscriptionStore.set(
                SubscriptionStore.Preferences(
                    quiet: request.quiet?.hours, timeZone: request.timeZone, digest: request.digest),
                of: user, in: scope, tx)
            audit.target("user", user.text)
            audit.detail("off", Self.off(request.wishes))
            try await audit.write(in: tx)
        }
        return try await subscriptions(of: user, in: scope)
    }

    /// What holds for those who say nothing.
    package func defaults(in scope: TenantScope) async throws -> NoticeDefaults {
        let defaults = try await SubscriptionStore.defaults(in: scope, database)
        let (types, chats) = try await types(company: defaults, person: [:], in: scope)
        return NoticeDefaults(types: types, chats: chats)
    }

    package func setDefaults(
        _ request: SetNoticeDefaults, audit: AuditDraft, in scope: TenantScope
    ) async throws -> NoticeDefaults {
        try NoticeWish.check(request.wishes)
        try await database.transaction(in: scope) { tx in
            try await SubscriptionStore.setDefaults(request.wishes, in: scope, tx)
            audit.target("tenant", scope.tenant.text)
            audit.detail("off", Self.off(request.wishes))
            try await audit.write(in: tx)
        }
        return try await defaults(in: scope)
    }

    private static func off(_ wishes: [NoticeWish]) -> JSON {
        .array(wishes.filter { !$0.isWanted }.map { .string("\($0.type.key)/\($0.channel.rawValue)") })
    }

    private func types(
        company: SubscriptionStore.Wishes, person: SubscriptionStore.Wishes, besides others: Set<NoticeChannel> = [],
        in scope: TenantScope
    ) async throws -> (types: [TypeSubscription], chats: [NoticeChannel]) {
        let (ways, chats) = try await there(in: scope)
        let there = ways.subtracting(others)
        let types = NoticeType.all.map { type in
            let channels = NoticeChannel.allCases.filter { type.possible.contains($0) && there.contains($0) }
            return TypeSubscription(
                type: type,
                channels: channels.map { channel in
                    let place = NoticePlace(type: type.key, channel: channel)
                    let isFixed = !type.isFree(channel)
                    let standard = isFixed || (company[place] ?? type.channels.contains(channel))
                    return ChannelSubscription(
                        channel: channel, isWanted: isFixed || (person[place] ?? standard), isStandard: standard,
                        isFixed: isFixed)
                })
        }
        return (types, NoticeChannel.allCases.filter(chats.contains))
    }
}
