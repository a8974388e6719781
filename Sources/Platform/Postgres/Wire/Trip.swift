import CLibPQ

/// Statements that go to the server together, with one Sync at the end: one round trip and, without an explicit
/// `begin`, one transaction that is undone as a whole when a part fails.
struct Trip {
    enum Statement: Sendable {
        /// `begin`, `commit`, `rollback`: never prepared.
        case control(StaticString)
        case sql(SQL)
    }

    private enum Step {
        case forget(name: String)
        case prepare(name: String, text: String)
        case run(name: String, text: String, Binds)
        case control(StaticString)
    }

    private var steps: [Step] = []

    /// Encodes everything before a byte is sent, so that a value which cannot be sent spoils nothing.
    init(_ statements: [Statement], _ cache: inout StatementCache) throws(DatabaseError) {
        var fresh: [String: String] = [:]
        for statement in statements {
            switch statement {
            case .control(let text): steps.append(.control(text))
            case .sql(let sql):
                let binds = try Binds(sql.binds)
                if let name = cache.name(of: sql.text) ?? fresh[sql.text] {
                    steps.append(.run(name: name, text: sql.text, binds))
                } else {
                    let name = cache.newName()
                    fresh[sql.text] = name
                    steps.append(.prepare(name: name, text: sql.text))
                    steps.append(.run(name: name, text: sql.text, binds))
                }
            }
        }
        guard !fresh.isEmpty else { return }
        let used = Set(statements.compactMap { if case .sql(let sql) = $0 { sql.text } else { nil } })
        steps.insert(contentsOf: cache.makeRoom(for: fresh.count, keeping: used).map(Step.forget), at: 0)
    }

    var stepCount: Int { steps.count }

    /// Queues all steps and the Sync, and writes as much as the socket takes; false when the connection is gone.
    func send(on connection: OpaquePointer) -> Bool {
        for step in steps {
            let isQueued =
                switch step {
                case .forget(let name):
                    PQsendQueryParams(connection, "deallocate \(name)", 0, nil, nil, nil, nil, 0) == 1
                case .prepare(let name, let text): PQsendPrepare(connection, name, text, 0, nil) == 1
                case .run(let name, _, let binds): binds.send(name, on: connection)
                case .control(let text):
                    text.withUTF8Buffer { bytes in
                        bytes.withMemoryRebound(to: CChar.self) {
                            PQsendQueryParams(connection, $0.baseAddress, 0, nil, nil, nil, nil, 0) == 1
                        }
                    }
                }
            guard isQueued else { return false }
        }
        return PQpipelineSync(connection) == 1
    }

    /// Sorts the results: what is prepared from now on, and what each statement returned or which error there was.
    func finish(_ results: [QueryResult], _ cache: inout StatementCache) -> Result<[QueryResult], TripFailure> {
        var answers: [QueryResult] = []
        answers.reserveCapacity(results.count)
        var failure: TripFailure?
        for (step, result) in zip(steps, results) {
            let error = result.error
            switch step {
            case .prepare(let name, let text) where result.isSuccess:
                // It stays prepared even when a later step undoes the transaction.
                cache.add(text, name: name)
            case .run(_, let text, _):
                if let error, error.isStalePlan { cache.forget(text) }
                answers.append(result)
            case .control: answers.append(result)
            default: break
            }
            if let error, failure == nil { failure = TripFailure(error.isStalePlan ? .stale : .refused, error) }
        }
        // An error of the implicit commit, such as a deferred constraint, has no step of its own.
        if failure == nil, let error = results.dropFirst(steps.count).lazy.compactMap(\.error).first {
            failure = TripFailure(.refused, error)
        }
        if let failure { return .failure(failure) }
        guard results.count >= steps.count else {
            return .failure(TripFailure(.lost, .lost("the server answered less than it was asked")))
        }
        return .success(answers)
    }
}

/// Why a trip brought nothing back, and whether it may be made again.
struct TripFailure: Error {
    enum Kind {
        /// The connection was dead, or said goodbye, before the server did anything.
        case notBegun
        /// The server ended the connection in the middle of the statements, so nothing was committed.
        case terminated
        /// A prepared statement no longer fits the schema; everything was undone.
        case stale
        /// The server refused a statement; everything was undone.
        case refused
        /// The connection broke; whether the server committed is unknown.
        case lost
    }

    let kind: Kind
    let error: DatabaseError

    init(_ kind: Kind, _ error: DatabaseError) {
        self.kind = kind
        self.error = error
    }
}

extension DatabaseError {
    /// "cached plan must not change result type", or a statement that somebody deallocated.
    fileprivate var isStalePlan: Bool {
        (sqlState == "0A000" && message.contains("cached plan")) || sqlState == "26000"
    }
}
