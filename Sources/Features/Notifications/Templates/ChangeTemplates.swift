package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

extension Notifications {
    /// The words of every type, by every way that there is, in every language.
    package func templates(in scope: TenantScope) async throws -> NoticeTemplates {
        let own = try await TemplateStore.all(in: scope, database)
        let there = try await there(in: scope).ways
        let channels = NoticeChannel.allCases.filter { there.contains($0) && $0.isWorded }
        let items = NoticeType.all.flatMap { type in
            channels.filter(type.possible.contains).flatMap { channel in
                PortalLanguage.allCases.map { language in
                    let place = TemplatePlace(channel: channel, language: language)
                    return Self.view(type, place, own.first { $0.type == type.key && $0.place == place }?.words)
                }
            }
        }
        return NoticeTemplates(items: items)
    }

    /// Puts the company's words in the place of the product's.
    package func setTemplate(
        _ request: SaveNoticeTemplate, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> NoticeTemplateView {
        let (place, words) = try request.checked
        try await database.transaction(in: scope) { tx in
            try await TemplateStore.put(words, request.type, place, at: now, in: scope, tx)
            audit.target("notice-template", place.name(of: request.type))
            try await audit.write(in: tx)
        }
        return Self.view(request.type, place, words)
    }

    /// Gives a template the product's words back.
    package func resetTemplate(
        _ request: ResetNoticeTemplate, audit: AuditDraft, in scope: TenantScope
    ) async throws -> NoticeTemplateView {
        let place = TemplatePlace(channel: request.channel, language: request.language)
        try await database.transaction(in: scope) { tx in
            try await TemplateStore.remove(request.type, place, in: scope, tx)
            audit.target("notice-template", place.name(of: request.type))
            try await audit.write(in: tx)
        }
        return Self.view(request.type, place, nil)
    }

    /// What a template would say of an example; refuses what could not be saved.
    package func preview(
        _ request: SaveNoticeTemplate, at now: Date, in scope: TenantScope
    ) async throws -> NoticePreview {
        let (place, words) = try request.checked
        let samples = NoticeWords.samples(request.type, request.language, at: now)
        let isChinese = request.language == .chinese
        let reader = NoticeReader(
            name: isChinese ? "李明" : "Ada Adams", company: try await TemplateStore.company(in: scope, database),
            language: request.language, link: try await ports.portal(scope) + "/…", offsets: [:])
        let text = RenderNotice(type: request.type, parameters: samples, own: [place: words])(
            request.channel, to: reader)
        return NoticePreview(title: text.title, body: text.body)
    }

    private static func view(
        _ type: NoticeType, _ place: TemplatePlace, _ own: TemplateWords?
    ) -> NoticeTemplateView {
        let words = own ?? NoticeWords.standard(type, place.channel, place.language)
        return NoticeTemplateView(
            type: type, channel: place.channel, language: place.language, title: words.title, body: words.body,
            isOwn: own != nil, places: type.known)
    }
}

extension TemplatePlace {
    fileprivate func name(of type: NoticeType) -> String { "\(type.key)/\(channel.rawValue)/\(language.rawValue)" }
}

extension SaveNoticeTemplate {
    /// Where it stands and what it says, if it can.
    fileprivate var checked: (TemplatePlace, TemplateWords) {
        get throws {
            guard type.possible.contains(channel), channel.isWorded else {
                throw NotificationError.notPossible(
                    pointer: "/channel", message: "is no way by which these notices go in words of yours")
            }
            do throws(Invalid) {
                _ = try NoticeTemplate(title: title, body: body, knowing: type.known)
            } catch {
                throw NotificationError.badTemplate(field: error.field ?? "body", message: error.message)
            }
            guard body.unicodeScalars.count <= channel.lengths.body else {
                throw NotificationError.badTemplate(
                    field: "body", message: "must be at most \(channel.lengths.body) characters long")
            }
            return (
                TemplatePlace(channel: channel, language: language), TemplateWords(title: title, body: body)
            )
        }
    }
}
