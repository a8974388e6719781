import FoundationEssentials
import Kernel
import Postgres

/// The statements about enrolments.
enum EnrolmentStore {
    static func insert(
        _ id: EnrolmentID, tokenHash: [UInt8], _ new: WorkerPlace, challenge: [UInt8], at now: Date, until: Date
    ) -> SQL {
        """
        insert into worker_enrolments (
          enrolment_id, token_hash, pool, region, labels, challenge, created_at, expires_at)
        values (
          \(id), \(tokenHash), \(new.pool), \(new.region), \(new.labels.json), \(challenge), \(now), \(until))
        """
    }

    static func challenge(tokenHash: [UInt8], at now: Date) -> SQL {
        """
        select challenge from worker_enrolments
        where token_hash = \(tokenHash) and used_at is null and expires_at > \(now)
        """
    }

    /// Spends the token: of two that come at once, one finds no row.
    static func spend(tokenHash: [UInt8], at now: Date) -> SQL {
        """
        update worker_enrolments set used_at = \(now)
        where token_hash = \(tokenHash) and used_at is null and expires_at > \(now)
        returning pool, region, labels, challenge
        """
    }
}
