import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Mails the administrators that an endpoint of theirs gets no events any more.
struct TellOfWebhook {
    let database: Database
    let settings: IdentitySettings

    func callAsFunction(
        _ webhook: String, _ data: JSON, at now: Date, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            try await settings.mailAdministrators(at: now, in: scope, tx) { reader, portal in
                WebhookLetter(
                    company: reader.company, name: data["name"]?.text ?? "",
                    isGone: data["reason"]?.text == "gone", url: portal + "/webhooks/" + webhook)
            }
        }
    }
}

/// The letter about an endpoint that was disabled by itself.
struct WebhookLetter: PersonalLetter {
    let company: String
    let name: String
    let isGone: Bool
    let url: String

    let kind = "webhook-disabled"

    var english: (subject: String, text: String) {
        (
            "\(company): the webhook \(name) is disabled",
            """
            The webhook \(name) gets no events any more: \(
                isGone ? "its receiver answered that it is gone (410)." : "it has failed for days.")

            What waits for it is kept for 30 days. When the receiver works again, enable the webhook, and send again what is dead:
            \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(company)：Webhook \(name) 已停用",
            """
            Webhook \(name) 不再接收事件：\(isGone ? "接收方回应其已不存在（410）。" : "连续数天发送失败。")

            待发送的内容会保留 30 天。接收方恢复后，请启用该 Webhook，并重新发送失败的内容：
            \(url)
            """
        )
    }
}
