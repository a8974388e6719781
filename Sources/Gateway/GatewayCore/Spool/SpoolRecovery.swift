import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel
package import Logging
import Recording
import ServiceLifecycle

/// Finishes what a worker that died has left in the spool: seals the journal, brings what is missing to the control plane,
/// and reports what happened, as the dead worker would have.
package struct SpoolRecovery: Service {
    private let controlPlane: ControlPlane
    private let identity: IdentityStore
    private let core: RecordingCore
    private let logger: Logger

    package init(controlPlane: ControlPlane, identity: IdentityStore, core: RecordingCore, logger: Logger) {
        self.controlPlane = controlPlane
        self.identity = identity
        self.core = core
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            _ = await recoverAll()
            // A service that returns would end the others.
            while (try? await Task.sleep(for: .seconds(3600))) != nil {}
        }
    }

    /// Recovers everything that nobody writes any more. Returns how many recordings could not be finished.
    package func recoverAll() async -> Int {
        let folders = (try? SpoolFolder.all(in: core.spool.path)) ?? []
        return await withTaskGroup(of: Bool.self) { group in
            var failures = 0
            for (index, folder) in folders.enumerated() {
                if index >= 4, await group.next() == false { failures += 1 }
                group.addTask { await recover(folder) }
            }
            for await isDone in group where !isDone { failures += 1 }
            return failures
        }
    }

    private func recover(_ folder: SpoolFolder) async -> Bool {
        do {
            if folder.isStillborn {
                try folder.remove()
                return true
            }
            let recovery = try JournalRecovery(folder: folder)
            let recording = recovery.header.recording
            let resumption = try await resumption(of: recording)
            let key = try RecordingKey(
                bytes: identity.current.open(.recordingKey, resumption.sealedKey, session: resumption.session))
            let outcome = try recovery.run(key: key)
            logger.notice(
                "Finished a recording that was left behind",
                metadata: [
                    "recording": "\(recording)", "session": "\(resumption.session)",
                    "events": "\(outcome.recoveredEvents)", "torn": "\(outcome.tornJournalBytes)",
                ])
            if resumption.isComplete {
                core.uploader.markComplete(recording)
            } else {
                let plan = try RecordingSegment.plan(folder, from: UInt64(resumption.nextSequence))
                for segment in plan { core.uploader.add(segment) }
            }
            let story = try SessionStory(folder: folder, key: key)
            for fact in story.facts { core.reporter.add(fact.event, of: resumption.session, at: fact.at) }
            core.reporter.end(
                resumption.session,
                SessionEnd(
                    sequence: Int(Date().timeIntervalSince1970 * 1000), reason: story.reason,
                    text: "the gateway stopped without warning", exitStatus: story.exit, counters: story.counters,
                    chain: Bytes(outcome.state.chain.bytes)))
            guard await core.uploader.settled(recording) else { return false }
            guard await core.reporter.settled(resumption.session) else { return false }
            core.uploader.forget(recording)
            try folder.remove()
            return true
        } catch RecordingError.inUse {
            return true
        } catch {
            logger.error(
                "A recording that was left behind cannot be finished; it stays in the spool",
                metadata: ["folder": "\(folder.path)", "error": "\(error)"])
            return false
        }
    }

    private func resumption(of recording: RecordingID) async throws -> RecordingResumption {
        var backoff = Backoff()
        while true {
            do throws(ControlPlaneError) {
                return try await controlPlane.resume(recording)
            } catch {
                guard error.isTransient else { throw error }
                try await Task.sleep(for: backoff.next())
            }
        }
    }
}
