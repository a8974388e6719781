import Kernel

/// What a newcomer needs once everything runs.
struct Welcome {
    let installation: Installation
    let demo: Demo?
    let took: String

    static func json(_ installation: Installation, _ demo: Demo?) -> JSON {
        let common: JSON = [
            "provider": .string(installation.origin("provider")),
            "providerTokenFile": .string(installation.providerTokenFile),
            "sshHost": .string(installation.sshHost), "sshPort": .int(Int64(installation.sshPort)),
        ]
        guard let demo else { return common }
        return common.merging([
            "portal": .string(installation.origin(Demo.tenant)), "tenant": .string(Demo.tenant),
            "asset": .string(Demo.asset), "account": .string(demo.account),
            "people": .array(demo.people.map(\.json)), "operator": demo.operator?.json ?? .null,
        ])
    }

    var text: String {
        let provider = """
              Console    \(installation.origin("provider"))   (API: /provider/docs, token in \(installation.providerTokenFile))
              Logs       \(installation.logs)
            """
        let head = "\nGatehouse is ready after \(took) s.\n"
        guard let demo else {
            return """
                \(head)
                \(provider)

                Make a tenant: gatehouse admin tenant create SLUG --name NAME --admin-login LOGIN --admin-name NAME \
                --url \(installation.origin("provider")) --token-file \(installation.providerTokenFile)
                Take an operator in, who signs in at the console: gatehouse admin operator create LOGIN --name NAME \
                (with the same --url and --token-file)
                Stop with Ctrl-C.
                """
        }
        let person = "\(Demo.tenant)+dana"
        return """
            \(head)
              Portal     \(installation.origin(Demo.tenant))
            \(provider)

            \(demo.table.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

            The code of an authenticator, without a phone: gatehouse demo-code dana --directory \(installation.folder)

            The provider's console: sign in as olga.
            Try it: sign in as dana and ask for \(demo.account)@\(Demo.asset); approve as lena, then as otto. Then:

              ssh -p \(installation.sshPort) \(person)+\(demo.account)+\(Demo.asset)@\(installation.sshHost)

            Stop with Ctrl-C.
            """
    }
}
