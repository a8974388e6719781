import HTTPAPI
import HTTPTypes
import Identity
import Kernel
import Testing

@testable import ControlPlane

/// Three duties over every permission that there is.
@Suite struct DutyMatrixTests {
    private let catalogue = Catalogue.permissions
    private var plain: Set<Permission> { catalogue.permissions(of: .user) }
    private var administrative: [Permission] { catalogue.all.subtracting(plain).sorted { $0.code < $1.code } }

    /// What reads, or asks, and changes nothing.
    private func reads(_ permission: Permission) -> Bool {
        permission.code.hasSuffix(".read") || ["access.explain", "sessions.replay"].contains(permission.code)
    }

    /// Whoever adds a permission says whose work it takes.
    @Test func `every permission is somebody's work, and what changes something is one duty's alone`() {
        for permission in administrative {
            let duties = catalogue.duties(of: permission)
            #expect(!duties.isEmpty, "\(permission.code) is nobody's: it opens nothing where duties are separated")
            // Two people of two duties decide about the division itself.
            guard !reads(permission), permission != .dutiesManage else { continue }
            #expect(duties.count == 1, "\(permission.code) is the work of several")
        }
    }

    @Test func `the roles are the duties, and the old ones are none`() {
        for duty in Duty.allCases {
            let permissions = catalogue.permissions(of: duty.role)
            #expect(catalogue.duties(fitting: permissions) == [duty])
            #expect(permissions.isSuperset(of: plain))
            #expect(catalogue.separated(permissions) == permissions)
        }
        for role in [BuiltInRole.administrator, .auditor] {
            #expect(catalogue.duties(fitting: catalogue.permissions(of: role)).isEmpty)
            let all = catalogue.permissions(of: role)
            #expect(catalogue.separated(all) == plain.intersection(all))
        }
        #expect(catalogue.duties(fitting: plain) == Set(Duty.allCases))
        let together = Duty.allCases.reduce(into: Set<Permission>()) { $0.formUnion(catalogue.permissions(of: $1)) }
        #expect(together == catalogue.all)
    }

    static let pairs = [(Duty.system, Duty.security), (.security, .audit), (.audit, .system)]

    /// One permission of each is enough.
    @Test(arguments: pairs) func `nobody has something of two duties`(_ one: Duty, _ other: Duty) {
        let left = administrative.filter {
            catalogue.duties(of: $0).contains(one) && !catalogue.duties(of: $0).contains(other)
        }
        let right = administrative.filter {
            catalogue.duties(of: $0).contains(other) && !catalogue.duties(of: $0).contains(one)
        }
        #expect(!left.isEmpty && !right.isEmpty)
        var tried = 0
        for mine in left {
            for theirs in right where catalogue.duties(of: mine).isDisjoint(with: catalogue.duties(of: theirs)) {
                #expect(
                    catalogue.separated(plain.union([mine, theirs])) == plain, "\(mine.code) with \(theirs.code)")
                tried += 1
            }
        }
        #expect(tried > 5)
        #expect(catalogue.separated([], by: [one.role, other.role]).isEmpty)
        #expect(catalogue.separated(catalogue.permissions(of: one), by: [one.role, other.role]) == plain)
    }

    @Test func `whoever audits changes nothing`() {
        let audit = catalogue.permissions(of: Duty.audit).subtracting(plain)
        let changing = Catalogue.tenant.filter { operation in
            guard audit.contains(operation.permission), operation.method != .get else { return false }
            return if case .action = operation.audit { true } else { false }
        }
        // To look at a recording is itself in the trail.
        #expect(Set(changing.map(\.permission.code)).isSubset(of: ["recordings.key", "sessions.replay", "audit.read"]))
    }

    @Test func `whoever keeps the system gives nobody access`() {
        let system = catalogue.permissions(of: Duty.system).map(\.code)
        for code in ["grants.manage", "groups.manage", "roles.manage", "flows.manage", "accounts.reveal"] {
            #expect(!system.contains(code), "\(code)")
        }
    }

    /// Whoever could come in as the person to whom they give a role would have every duty.
    @Test func `whoever gives roles has no way in as somebody else`() {
        let givers = Duty.allCases.filter { catalogue.permissions(of: $0).contains(.rolesManage) }
        #expect(!givers.isEmpty)
        for duty in givers {
            let codes = Set(catalogue.permissions(of: duty).map(\.code))
            for code in ["identity-providers.manage", "sign-in-links.issue", "users.manage"] {
                #expect(catalogue.all.contains(Permission(code)) && !codes.contains(code), "\(duty) \(code)")
            }
        }
    }
}
