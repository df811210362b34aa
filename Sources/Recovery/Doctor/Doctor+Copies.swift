internal import Model
internal import ObjectStorage
internal import StackConfiguration
internal import SystemIO
internal import SystemPackage
internal import Vault

extension Doctor {
    /// How far the clocks of a store and of this host may differ.
    static let clockTolerance = Duration.seconds(60)
    /// Less room than this, and the next backup may not fit.
    static let leastRoom = ByteCount(1 << 30)

    /// Each copy: whether it is there, whole, up to date, with room, and with the right time.
    func copies(_ report: StatusReport) async throws(Fault) -> [Examination] {
        var found: [Examination] = []
        for standing in report.copies {
            let subject = "copy \(standing.copy.name)"
            if let fault = standing.fault {
                found.append(
                    standing.isExpected
                        ? away(standing, subject, at: report.time) : absent(subject, fault)
                )
                continue
            }
            found += condition(standing, subject)
            found += lock(standing, subject, at: report.time)
            found += room(standing, subject)
            found += try await clock(standing, subject)
        }
        return found
    }

    private func away(
        _ standing: CopyStanding,
        _ subject: String,
        at now: Instant
    ) -> Examination {
        guard standing.isOverdue(at: now) else {
            return .ok(subject, "not there, as one that is offline may be")
        }
        return .problem(
            subject,
            "not there, and its turn is overdue",
            "Connect it, then: lifeboat copy --to \(standing.copy.name)",
            .objectiveMissed
        )
    }

    private func absent(_ subject: String, _ fault: Fault) -> Examination {
        let exit: ExitCode =
            fault.code.exit == .noVault ? .copyUnreachable : fault.code.exit
        return .problem(subject, fault.message, fault.hints.first ?? "lifeboat status", exit)
    }

    private func condition(_ standing: CopyStanding, _ subject: String) -> [Examination] {
        let name = standing.copy.name
        if standing.isDamaged {
            let count = standing.damage.count + (standing.survey?.history.open.count ?? 0)
            return [
                .problem(
                    subject,
                    "damage, \(count) findings",
                    "lifeboat check --copy \(name) --repair",
                    .damaged
                )
            ]
        }
        let late = standing.components.filter { $0.behind > 0 || $0.newest == nil }
        if !late.isEmpty {
            let names = late.map(\.name).joined(separator: ", ")
            let hasAny = late.contains { $0.behind > 0 }
            return [
                .warning(
                    subject,
                    hasAny ? "behind the best copy: \(names)" : "no snapshot of \(names)",
                    hasAny ? "lifeboat copy --to \(name)" : "lifeboat backup"
                )
            ]
        }
        if standing.survey?.history.newest == nil {
            return [.warning(subject, "never verified", "lifeboat check --copy \(name)")]
        }
        return [.ok(subject, "there and up to date, at \(standing.copy.address)")]
    }

    /// Whether the store holds what the configuration says of its locks.
    private func lock(
        _ standing: CopyStanding,
        _ subject: String,
        at now: Instant
    ) -> [Examination] {
        guard !standing.lacksLock(at: now) else {
            return [
                .warning(
                    "\(subject), lock",
                    "`lock:` is configured, and its newest snapshots are not locked",
                    standing.lockRemedy
                )
            ]
        }
        guard let end = standing.lockedUntil else { return [] }
        return [.ok("\(subject), lock", "its newest snapshots are locked until \(end)")]
    }

    private func room(_ standing: CopyStanding, _ subject: String) -> [Examination] {
        guard case .directory(let path) = standing.copy.address,
            let free = try? FileSystem.freeSpace(at: FilePath(path))
        else { return [] }
        let wanted = max(Self.leastRoom, ByteCount((standing.survey?.bytes.bytes ?? 0) / 10))
        guard free < wanted else { return [.ok("\(subject), room", "\(free) free")] }
        return [
            .warning(
                "\(subject), room",
                "\(free) free, less than \(wanted)",
                "make room on the disk of \(path), or shorten `keep:`"
            )
        ]
    }

    /// Compares the clocks by when the newest snapshots were stored: not before they were finished, and not in the future.
    private func clock(
        _ standing: CopyStanding,
        _ subject: String
    ) async throws(Fault) -> [Examination] {
        let store: any ObjectStore
        do throws(Fault) {
            store = try await stack.opening.store(of: standing.copy)
        } catch { return [] }
        for snapshot in standing.components.compactMap(\.newest) {
            guard let name = ObjectName(snapshot.id.description),
                let stored = (try? await store.status(name))??.modified
            else { continue }
            let remedy = "let both keep time, with NTP: timedatectl set-ntp true"
            if stored > stack.clock.now() + Self.clockTolerance {
                let fact = "its clock is ahead of this host's: it stored something at \(stored)"
                return [.warning("\(subject), clock", fact, remedy)]
            }
            if stored + Self.clockTolerance < snapshot.head.finished {
                let fact =
                    "its clock is behind this host's: it stored at \(stored) what was finished at \(snapshot.head.finished)"
                return [.warning("\(subject), clock", fact, remedy)]
            }
        }
        return []
    }
}
