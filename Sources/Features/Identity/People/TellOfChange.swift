package import FoundationEssentials
package import Kernel
import Postgres
import Tenancy

/// Mails the administrators that somebody has changed by what people come in.
struct TellOfChange {
    let database: Database
    let settings: IdentitySettings

    func callAsFunction(_ type: String, _ data: JSON, at now: Date, in scope: TenantScope) async throws {
        let author = data["by"]?.text.flatMap { UserID($0) }
        let time = data["at"]?.text.flatMap(Timestamp.parse)?.inLetters ?? "?"
        try await database.transaction(in: scope) { tx in
            let by = try await MailedPersonStore.find(author.map { [$0] } ?? [], in: scope, tx).first?.login ?? "?"
            try await settings.mailAdministrators(at: now, in: scope, tx) { reader, portal in
                guard type == IdentityEvent.faceComponentChanged.rawValue else {
                    return SMSGatewayLetter(
                        reader: reader, gateway: data["name"]?.text ?? "", by: by, time: time,
                        url: portal + "/sms-gateways")
                }
                return FaceComponentLetter(
                    reader: reader, by: by, isKey: data["change"]?.text == "key-made", time: time,
                    url: portal + "/face-component")
            }
        }
    }
}

extension IdentitySettings {
    /// A letter to each of those who administer the whole company, with where their portal is.
    func mailAdministrators(
        at now: Date, in scope: TenantScope, _ tx: Transaction,
        _ letter: (MailedPerson, _ portal: String) -> any PersonalLetter
    ) async throws {
        for reader in try await MailedPersonStore.administrators(in: scope, tx) {
            guard let letter = letter(reader, reader.portal(portal)).letter(to: reader) else { continue }
            _ = try await letters.send(letter, scope.tenant, now, tx)
        }
    }
}

extension Identity {
    /// The events of which administrators are mailed.
    package static let toldToAdministrators = [
        IdentityEvent.smsGatewaysChanged.rawValue, IdentityEvent.faceComponentChanged.rawValue,
    ]

    package func tellAdministrators(
        of type: String, _ data: JSON, at now: Date, in scope: TenantScope
    ) async throws {
        try await TellOfChange(database: database, settings: settings)(type, data, at: now, in: scope)
    }
}
