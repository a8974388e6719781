import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Sends a code that opens nothing through one gateway, for administrators: within the limits of every message.
struct TryOutSMSGateway {
    let database: Database
    let send: SendSMS
    let tenants: TenantSettings
    let catalogue: PermissionCatalogue

    func callAsFunction(
        _ id: SMSGatewayID, _ request: TestSMSGateway, _ acting: Acting
    ) async throws -> SMSGatewayTest {
        try acting.mayHandle(catalogue.all)
        guard let candidate = try await SMSGatewayStore.find(id, in: acting.scope, database) else {
            throw IdentityError.notFound
        }
        acting.audit.target("sms-gateway", id.text, name: candidate.gateway.name)
        acting.audit.detail("number", .string(request.number.masked))
        let limits = try await SMSLimits.read(tenants, in: acting.scope)
        let language = try await database.transaction(in: acting.scope) { tx in
            try await limits.take(request.number, for: acting.user, .test, at: acting.now, in: acting.scope, tx)
            return try await tx.first(
                "select name, language from tenants where tenant_id = \(acting.scope.tenant)"
            ) { (company: try $0.next(String.self), language: try $0.next(String.self)) }
        }
        let message = SMSMessage(
            number: request.number, code: SixDigits().text, company: language?.company ?? "",
            minutes: SentCode.minutes, isChinese: language?.language.hasPrefix("zh") ?? false)
        let outcome = try await send.send(message, through: candidate, at: acting.now, in: acting.scope)
        let test =
            switch outcome {
            case .taken: SMSGatewayTest(taken: true, words: "")
            case .refused(let words): SMSGatewayTest(taken: false, words: words)
            case .nobody: SMSGatewayTest(taken: false, words: "")
            }
        acting.audit.detail("taken", .bool(test.taken))
        try await database.transaction(in: acting.scope) { try await acting.audit.write(in: $0) }
        return test
    }
}
