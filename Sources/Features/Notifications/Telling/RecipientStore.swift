import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Somebody who is to be told, with all that decides how.
struct Recipient: Sendable {
    let user: UserID
    let name: String
    let email: String?
    let language: PortalLanguage
    let company: String
    let quiet: QuietHours?
    let digest: NoticeDigest
    /// The minute of their day.
    let minute: Int
    let offsets: [String: Int]
    let wants: [NoticeChannel: Bool]
}

/// What a company said about a type of notices.
struct NoticeCustom: Sendable {
    var wants: [NoticeChannel: Bool] = [:]
    var templates: [TemplatePlace: TemplateWords] = [:]
}

/// The SQL of finding out whom to tell, and how.
enum RecipientStore {
    /// All of the audience, in one statement.
    static func recipients(
        of notice: Notice, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [Recipient] {
        let times = notice.times
        return try await tx.query(
            """
            select u.user_id, u.name, u.email,
              coalesce(u.language, \(fragment: Setting.language.said(at: "u")) #>> '{}', t.language), t.name,
              p.quiet_from, p.quiet_to, coalesce(p.digest, 'off'),
              extract(hour from z.local)::int * 60 + extract(minute from z.local)::int,
              array(
                select extract(epoch from (m at time zone z.zone) - (m at time zone 'UTC'))::int
                from unnest(\(times.map(\.time))::timestamptz[]) with ordinality as moments (m, n) order by n),
              array(
                select s.channel from notice_subscriptions s where s.tenant_id = u.tenant_id and s.user_id = u.user_id
                  and s.type = \(notice.type.key) and s.is_wanted),
              array(
                select s.channel from notice_subscriptions s where s.tenant_id = u.tenant_id and s.user_id = u.user_id
                  and s.type = \(notice.type.key) and not s.is_wanted)
            from user_contacts u
            join tenants t on t.tenant_id = u.tenant_id
            left join notice_preferences p on p.tenant_id = u.tenant_id and p.user_id = u.user_id
            cross join lateral (
              select zone, \(now)::timestamptz at time zone zone as local from (
                select coalesce(p.time_zone, \(fragment: Setting.timeZone.said(at: "u")) #>> '{}', t.time_zone) as zone) o
            ) z
            where u.tenant_id = \(scope.tenant) and \(fragment: comesIn(at: now)) \(fragment: condition(notice))
            """
        ) { row in
            let (user, name, email, language, company): (UserID, String, String?, String, String) = (
                try row.next(), try row.next(), try row.next(), try row.next(), try row.next()
            )
            let (from, to, digest, minute): (Int?, Int?, NoticeDigest, Int) = (
                try row.next(), try row.next(), try row.next(), try row.next()
            )
            let offsets: [Int] = try row.next()
            let (wanted, unwanted): ([NoticeChannel], [NoticeChannel]) = (try row.next(), try row.next())
            var wants: [NoticeChannel: Bool] = [:]
            for channel in wanted { wants[channel] = true }
            for channel in unwanted { wants[channel] = false }
            return Recipient(
                user: user, name: name, email: email, language: PortalLanguage(written: language), company: company,
                quiet: from.flatMap { from in to.map { QuietHours(from: from, to: $0) } }, digest: digest,
                minute: minute, offsets: Dictionary(uniqueKeysWithValues: zip(times.map(\.name), offsets)),
                wants: wants)
        }
    }

    /// Whoever may not sign in is told nothing: neither what is shut, nor what has run out, nor where the whole company is
    /// shut out. Of `user_contacts u` and `tenants t`.
    static func comesIn(at now: Date) -> SQL {
        """
        u.state = 'active' and (u.expires_at is null or u.expires_at > \(now)::timestamptz)
        and t.state in ('trial', 'active')
        """
    }

    private static let administrates: SQL = """
        exists (
          select from user_roles b
          join role_directory r on r.tenant_id = b.tenant_id and r.role_id = b.role_id
          where b.tenant_id = u.tenant_id and b.user_id = u.user_id and b.org_id = b.tenant_id
            and (r.built_in = 'administrator'
              or r.built_in not in ('auditor', 'user') and gatehouse_duties_separated(u.tenant_id)))
        """

    private static func condition(_ notice: Notice) -> SQL {
        switch notice.audience {
        case .people(let users): " and u.user_id = any(\(users))"
        case .administrators: " and \(fragment: administrates) order by u.user_id limit 200"
        case .members(let groups, let last, let limit):
            """
             and (\(last)::uuid is null or u.user_id > \(last)::uuid) and exists (
              select from user_groups m
              where m.tenant_id = u.tenant_id and m.user_id = u.user_id and m.group_id = any(\(groups)))
            order by u.user_id limit \(limit)
            """
        case .announcement(let announcement, let last, let limit):
            // Everybody who is told of an announcement has its message, so whoever has it was told.
            """
             and (\(last)::uuid is null or u.user_id > \(last)::uuid) and not exists (
              select from site_messages m
              where m.tenant_id = u.tenant_id and m.user_id = u.user_id and m.occasion = \(notice.occasion)
            ) and exists (
              select from announcements a
              where a.tenant_id = u.tenant_id and a.announcement_id = \(announcement) and (a.for_everybody
                or a.for_administrators and \(fragment: administrates) or exists (
                select from announcement_audience e
                where e.tenant_id = a.tenant_id and e.announcement_id = a.announcement_id and (e.user_id = u.user_id
                  or exists (select from user_groups m where m.tenant_id = u.tenant_id and m.user_id = u.user_id
                    and m.group_id = e.group_id)
                  or exists (select from user_roles b where b.tenant_id = u.tenant_id and b.user_id = u.user_id
                    and b.role_id = e.role_id)))))
            order by u.user_id limit \(limit)
            """
        }
    }

    static func custom(_ type: NoticeType, in scope: TenantScope, _ tx: Transaction) async throws -> NoticeCustom {
        var custom = NoticeCustom()
        // Two lists as one answer: what is wanted where, and words.
        let rows: [(NoticeChannel, Bool?, PortalLanguage?, String?, String?)] = try await tx.query(
            """
            select channel, is_wanted, null, null, null from notice_defaults
            where tenant_id = \(scope.tenant) and type = \(type.key)
            union all
            select channel, null, language, title, body from notice_templates
            where tenant_id = \(scope.tenant) and type = \(type.key)
            """
        ) { row in
            (
                try row.next(), try row.next(), try row.next(String?.self).flatMap(PortalLanguage.init),
                try row.next(), try row.next()
            )
        }
        for (channel, wanted, language, title, body) in rows {
            if let wanted { custom.wants[channel] = wanted }
            if let language, let title, let body {
                custom.templates[TemplatePlace(channel: channel, language: language)] = TemplateWords(
                    title: title, body: body)
            }
        }
        return custom
    }
}

extension PortalLanguage {
    /// The one that is nearest to what a profile says, such as `zh-Hans`.
    init(written text: String) { self = text.lowercased().hasPrefix("zh") ? .chinese : .english }
}
