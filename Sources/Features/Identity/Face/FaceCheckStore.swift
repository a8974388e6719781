import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// For what somebody is to show their face, and where: it counts nowhere else.
enum FacePurpose: Equatable {
    case signIn(SignInID)
    case stepUp(WebSessionID)
    case enrol(WebSessionID)

    var kind: Kind {
        switch self {
        case .signIn: .signIn
        case .stepUp: .stepUp
        case .enrol: .enrol
        }
    }

    fileprivate var signIn: SignInID? { if case .signIn(let id) = self { id } else { nil } }

    fileprivate var session: WebSessionID? {
        switch self {
        case .stepUp(let id), .enrol(let id): id
        case .signIn: nil
        }
    }

    enum Kind: String, SQLBindable, SQLDecodable {
        case signIn = "sign-in"
        case stepUp = "step-up"
        case enrol
    }
}

/// A check for which a component has posted something: that was its one time.
struct TakenFaceCheck {
    let id: FaceCheckID
    let user: UserID
    let purpose: FacePurpose.Kind
    /// Where the person was who began it.
    let address: String?
    let portal: String
}

/// The rows of people who are to show their face.
enum FaceCheckStore {
    /// The table, which the vector of somebody who enrols is bound to until they confirm.
    static let table = "face_checks"
    static let lifetime: TimeInterval = 60

    /// A fresh context; in a sign-in or a session it takes the place of the one before.
    static func insert(
        _ id: FaceCheckID, _ context: RandomToken, for purpose: FacePurpose, of user: UserID, from address: String?,
        at portal: String, now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            delete from face_checks where tenant_id = \(scope.tenant)
              and (sign_in_id = \(purpose.signIn) or web_session_id = \(purpose.session))
            """)
        try await tx.execute(
            """
            insert into face_checks (tenant_id, face_check_id, user_id, purpose, sign_in_id, web_session_id, context_hash,
              client_address, portal, expires_at)
            values (\(scope.tenant), \(id), \(user), \(purpose.kind), \(purpose.signIn), \(purpose.session),
              \(context.hash.bytes), \(address), \(portal), \(now + lifetime))
            """)
    }

    /// Whether somebody was given that context.
    static func isThere(_ context: String, in scope: TenantScope, _ database: Database) async throws -> Bool {
        try await database.first(
            """
            select true from face_checks
            where tenant_id = \(scope.tenant) and context_hash = \(RandomToken.hash(of: context).bytes)
            """, in: scope
        ) { try $0.next() } ?? false
    }

    /// Uses a context up, whatever comes of it; nil if it is unknown, late or has been used.
    static func take(
        _ context: String, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> TakenFaceCheck? {
        try await database.first(
            """
            update face_checks set taken_at = \(now)
            where tenant_id = \(scope.tenant) and context_hash = \(RandomToken.hash(of: context).bytes)
              and taken_at is null and expires_at > \(now)
            returning face_check_id, user_id, purpose, client_address, portal
            """, in: scope
        ) { row in
            TakenFaceCheck(
                id: try row.next(), user: try row.next(), purpose: try row.next(), address: try row.next(),
                portal: try row.next())
        }
    }

    /// The face was right, or is one to enrol: the browser has a minute to say that it was there. False if the check is gone.
    static func pass(
        _ id: FaceCheckID, code: RandomToken, vector: [UInt8]? = nil, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            update face_checks set code_hash = \(code.hash.bytes), sealed_vector = \(vector),
              expires_at = \(now + lifetime)
            where tenant_id = \(scope.tenant) and face_check_id = \(id) and taken_at is not null and code_hash is null
            """)
        return rows == 1
    }

    /// What waits for its owner to confirm it.
    static func find(
        _ code: String, for purpose: FacePurpose, of user: UserID, at now: Date, in scope: TenantScope,
        _ database: Database
    ) async throws -> (id: FaceCheckID, vector: [UInt8])? {
        try await database.first(
            """
            select face_check_id, sealed_vector from face_checks
            where tenant_id = \(scope.tenant) and code_hash = \(RandomToken.hash(of: code).bytes) and user_id = \(user)
              and purpose = \(purpose.kind) and web_session_id = \(purpose.session) and expires_at > \(now)
              and sealed_vector is not null
            """, in: scope
        ) { (id: try $0.next(), vector: try $0.next()) }
    }

    /// Uses up what came back; false unless it was passed here, by this person, for this, and not long ago.
    static func use(
        _ code: String, for purpose: FacePurpose, of user: UserID, at now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Bool {
        let rows = try await tx.execute(
            """
            delete from face_checks
            where tenant_id = \(scope.tenant) and code_hash = \(RandomToken.hash(of: code).bytes) and user_id = \(user)
              and purpose = \(purpose.kind) and sign_in_id is not distinct from \(purpose.signIn)
              and web_session_id is not distinct from \(purpose.session) and expires_at > \(now)
            """)
        return rows == 1
    }

    static func removeAll(of user: UserID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute("delete from face_checks where tenant_id = \(scope.tenant) and user_id = \(user)")
    }
}
