import FoundationEssentials
import GatewayContract
import Kernel
import Testing

@Suite struct MessageTests {
    func roundTrip<Value: WireValue & Equatable>(_ value: Value) throws {
        let json = try JSONParser.parse(Value.schema.bytes(of: value))
        #expect(try Value.schema.parse(json) == value)
    }

    @Test func `every kind of proof survives the wire`() throws {
        let proofs: [AdmissionProof] = [
            .none(NoProof()), .publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes([1]))),
            .answers(AnswersProof(answers: [PassedSecret("pass\nword"), PassedSecret("")])),
            .terminalToken(TerminalTokenProof(token: PassedSecret("t"), origin: "http://acme.localhost:8080")),
        ]
        for proof in proofs { try roundTrip(proof) }
    }

    @Test func `every answer to a session request survives the wire`() throws {
        try roundTrip(SessionAnswer.wait(SessionWait(ticket: .new(), text: "Waiting")))
        try roundTrip(
            SessionAnswer.refused(
                SessionRefused(
                    text: "No", reasons: [RefusalReason(code: "no-grant", text: "Nothing allows it.")],
                    request: AccessRequestHint(command: "gatehouse request", url: "http://acme.localhost"))))
        try roundTrip(
            SessionAnswer.granted(SignedGrant(grant: Bytes([1, 2]), signature: Bytes(Array(repeating: 3, count: 64)))))
    }

    @Test func `what is said about requests survives the wire`() throws {
        let at = Date(timeIntervalSince1970: 1_795_000_000)
        let wish = RequestWish(asset: .new(), name: "web-1", account: nil, actions: ["upload"], durationSeconds: 3600)
        let word = RequestWord("upload", Wording("upload", "上传"))
        try roundTrip(
            SessionAnswer.refused(
                SessionRefused(
                    text: "No", reasons: [],
                    request: AccessRequestHint(
                        command: "", url: "", wish: wish,
                        open: OpenRequest(ticket: .new(), number: 7, since: at, deadline: at, people: ["Bo"]),
                        actions: [word], emergency: EmergencyOffer(seconds: 3600, actions: [word])))))
        try roundTrip(EmergencyQuestion(admission: .new()))
        try roundTrip(EmergencyAnswer.offered(EmergencyOffer(seconds: 3600, actions: [word])))
        try roundTrip(EmergencyAnswer.refused(RequestRefused(code: "break-glass-refused", text: "No", url: "u")))
        try roundTrip(NewEmergency(admission: .new(), wish: wish, reason: "down", code: PassedSecret("123456")))
        try roundTrip(RequestableQuestion(admission: .new(), words: "web", page: 1))
        try roundTrip(
            RequestablePage(
                items: [RequestableTarget(asset: .new(), name: "web-1", platform: "linux")], hasMore: true,
                actions: [word]))
        try roundTrip(RequestPathQuestion(admission: .new(), wish: wish))
        try roundTrip(
            RequestPathAnswer.path(
                RequestPath(
                    flow: "Standard", risk: "low", approvesItself: false, isParallel: true,
                    levels: [
                        .init(
                            name: "Lead", quorum: 1, people: ["Bo"], more: 3, needsPasskey: true, latest: at)
                    ])))
        try roundTrip(NewRequest(admission: .new(), wish: wish, reason: "disk alarm"))
        try roundTrip(RequestListQuestion(admission: .new(), view: .inbox))
        let card = RequestCard(
            ticket: .new(), number: 7, kind: "access", requester: "Lin", isOwn: true,
            facts: [
                RequestFact(label: "duration", values: ["3600"], form: .seconds),
                RequestFact(label: "command", values: ["rm x\nls"]),
            ], reason: "disk", risk: "high", state: "open",
            levels: [
                RequestLevel(
                    name: "Lead", quorum: 2, isOpen: true, isPassed: false, needsPasskey: false, deadline: at,
                    people: ["Bo"], more: 0,
                    answers: [.init(name: "Cy", onBehalfOf: "Di", isApproval: true, comment: "a\nb", at: at)])
            ], deadline: at, createdAt: at, digest: String(repeating: "a", count: 64), mayDecide: false,
            needsPasskey: true, url: "u")
        try roundTrip(RequestList(items: [card], hasMore: false))
        try roundTrip(RequestAnswer.shown(card))
        try roundTrip(RequestAnswer.refused(RequestRefused(code: "own-ticket", text: "No", url: "u")))
        try roundTrip(
            RequestDecision(
                admission: .new(), ticket: card.ticket, isApproval: true, comment: "", digest: card.digest,
                code: PassedSecret("123456")))
        try roundTrip(WorkerEvent(kind: .decision, ticket: card.ticket))
    }

    @Test func `what an older server leaves out is absent`() throws {
        let hint: JSON = ["command": "c", "url": "u"]
        #expect(try AccessRequestHint.schema.parse(hint).wish == nil)
        #expect(try WorkerEvent.schema.parse(["kind": "drain"]).ticket == nil)
    }

    @Test func `facts survive the wire`() throws {
        let events: [FactEvent] = [
            .connected(ConnectedFact(address: "10.0.0.1")), .failed(FailedFact(phase: "connect", cause: "refused")),
            .command(CommandFact(line: "ls -l", verdict: .allow, confidence: .high, offsetUs: 12)),
            .notice(NoticeFact(code: "lease-paused", text: "")),
        ]
        for event in events {
            try roundTrip(SessionFact(sequence: 1, at: Date(timeIntervalSince1970: 1_795_000_000), event: event))
        }
    }

    @Test func `a passed secret shows itself to nobody`() {
        let secret = PassedSecret("hunter2")
        #expect(!"\(secret)".contains("hunter2"))
        #expect(!String(reflecting: AnswersProof(answers: [secret])).contains("hunter2"))
    }

    @Test func `counters take nothing back`() {
        let older = Counters(seconds: 5, bytesIn: 9, bytesOut: 1, recordedBytes: 0, commands: 2)
        let newer = Counters(seconds: 7, bytesIn: 3, bytesOut: 4, recordedBytes: 1, commands: 2)
        #expect(
            older.advanced(to: newer)
                == Counters(seconds: 7, bytesIn: 9, bytesOut: 4, recordedBytes: 1, commands: 2))
    }

    @Test(arguments: [[], [0], [255, 254], Array(0...255)] as [[UInt8]])
    func `bytes survive base64url`(bytes: [UInt8]) {
        #expect(Bytes(base64URL: Bytes(bytes).base64URL)?.value == bytes)
    }

    @Test(arguments: ["A", "AB", "AA=", "A+AA", "A AA", "é", "AAA\n"])
    func `what is not the one base64url text of some bytes is refused`(text: String) {
        #expect(Bytes(base64URL: text) == nil)
    }
}
