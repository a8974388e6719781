import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// The SQL of a company's own words.
enum TemplateStore {
    struct Stored: Sendable {
        let type: String
        let place: TemplatePlace
        let words: TemplateWords
    }

    static func all(in scope: TenantScope, _ database: Database) async throws -> [Stored] {
        try await database.query(
            "select type, channel, language, title, body from notice_templates where tenant_id = \(scope.tenant)",
            in: scope
        ) { row in
            let (type, channel): (String, NoticeChannel) = (try row.next(), try row.next())
            let language = PortalLanguage(written: try row.next())
            return Stored(
                type: type, place: TemplatePlace(channel: channel, language: language),
                words: TemplateWords(title: try row.next(), body: try row.next()))
        }
    }

    static func put(
        _ words: TemplateWords, _ type: NoticeType, _ place: TemplatePlace, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into notice_templates (tenant_id, type, channel, language, title, body, changed_at)
            values (\(scope.tenant), \(type.key), \(place.channel), \(place.language.rawValue), \(words.title),
              \(words.body), \(now))
            on conflict on constraint notice_templates_pk do update set title = excluded.title, body = excluded.body,
              changed_at = excluded.changed_at
            """)
    }

    static func remove(
        _ type: NoticeType, _ place: TemplatePlace, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from notice_templates where tenant_id = \(scope.tenant) and type = \(type.key)
              and channel = \(place.channel) and language = \(place.language.rawValue)
            """)
    }

    static func company(in scope: TenantScope, _ database: Database) async throws -> String {
        try await database.first("select name from tenants where tenant_id = \(scope.tenant)", in: scope) {
            try $0.next()
        } ?? ""
    }
}
