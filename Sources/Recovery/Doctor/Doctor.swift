public import Model
internal import PostgresProtection
internal import Protection
internal import Sealing
internal import StackConfiguration
internal import Vault

/// Examines what a stack's protection rests on: keys, copies, the rule that they shall meet, and the servers.
///
/// Reads, lists and asks; changes nothing. Each finding names what mends it.
public struct Doctor: Sendable {
    let stack: Stack

    /// Prepares the examinations.
    public init(_ stack: Stack) { self.stack = stack }

    /// Makes all examinations; one that fails does not stop the others.
    ///
    /// - Throws: `E-CANCELLED`.
    public func run() async throws(Fault) -> DoctorReport {
        let configuration = stack.configuration
        var examinations = [
            Examination.ok(
                "configuration",
                "\(configuration.stack) (\(configuration.environment)) of host \(configuration.host): "
                    + "\(configuration.components.count) components, \(configuration.copies.count) copies"
            )
        ]
        do throws(Fault) {
            let report = try await StatusReport.read(stack)
            examinations += keys(report)
            examinations += [kit(report.kit)]
            examinations += report.kit.unproven.map {
                .warning("recovery kit", $0.message, $0.hints.first ?? "lifeboat status")
            }
            examinations += try await copies(report)
            examinations += logs(report)
            examinations += try await replays(report)
            examinations += rule(report)
        } catch {
            if error.code == .cancelled { throw error }
            examinations.append(.problem("copies", error))
        }
        return DoctorReport(examinations: examinations + (try await servers()) + (await services()))
    }

    /// The SQL that lets a component's role read the files over SQL connections, for each PostgreSQL component.
    ///
    /// - Throws: `E-PG-…` when a server cannot be reached; what resolving its password throws.
    public func grants() async throws(Fault) -> [(component: String, script: String)] {
        var scripts: [(String, String)] = []
        for component in stack.configuration.components {
            guard case .postgresql(let postgres) = component.source else { continue }
            let settings = try await stack.settings(postgres, isReached: true)
            scripts.append((component.name, try PostgresGrants(settings).script))
        }
        return scripts
    }

    /// The host's keys, its enrolment, and the vault that it remembers.
    private func keys(_ report: StatusReport) -> [Examination] {
        let enrol = "lifeboat key enrol --kit FILE"
        var found: [Examination] = []
        do throws(Fault) {
            let keys = try stack.hostKeys()
            let enrolment = report.vault.enrolment(of: keys.host)
            let isRevoked = report.vault.isRevoked(keys.signing.verifyKey, host: keys.host)
            found.append(
                isRevoked
                    ? .problem(
                        "keys",
                        "the operator revoked the key of host '\(keys.host)'",
                        enrol,
                        .wrongKey
                    )
                    : enrolment?.key == keys.signing.verifyKey
                        ? .ok(
                            "keys",
                            "host \(keys.host) is enrolled in vault \(report.vault.id.short)"
                        )
                        : .problem(
                            "keys",
                            "the operator's key does not vouch for the keys of host '\(keys.host)'",
                            enrol,
                            .wrongKey
                        )
            )
        } catch { found.append(.problem("keys", error)) }
        do throws(Fault) {
            if try stack.keyFolder.vaultID() == nil {
                found.append(
                    .warning("keys", "this host does not remember which vault is its own", enrol)
                )
            }
        } catch { found.append(.problem("keys", error)) }
        if let fault = stack.recipientsFault(report.vault) {
            found.append(.problem("recipients", fault))
        } else if let fault = RecipientMemory(stack.configuration).fault() {
            found.append(.problem("recipients", fault))
        } else {
            let count = stack.configuration.keys.recipients.count
            found.append(.ok("recipients", "\(count), as enrolled"))
        }
        return found + stack.rivalFaults(report.vault).map { .problem("keys", $0) }
            + RecipientMemory(stack.configuration).unreadable().map {
                .warning("recipients", $0.message, $0.hints.first ?? "lifeboat status")
            }
    }

    private func kit(_ kit: KitStanding) -> Examination {
        guard let tested = kit.tested, !kit.isOverdue else {
            return .warning(
                "recovery kit",
                kit.tested.map { "last tested \($0.rfc3339(digits: 0)), which is too long ago" }
                    ?? "never tested: nobody knows whether it opens the backups",
                "lifeboat key kit --test FILE"
            )
        }
        return .ok("recovery kit", "tested \(tested.rfc3339(digits: 0))")
    }

    /// Whether the log of each component leads on from its newest snapshot.
    private func logs(_ report: StatusReport) -> [Examination] {
        report.components.compactMap { component in
            let subject = "\(component.name), log"
            if let lateness = component.lateness {
                return .warning(subject, lateness, "lifeboat run")
            }
            guard let standing = component.standing else { return nil }
            guard !standing.isWhole else {
                return .ok(subject, "leads from the newest snapshot to \(standing.endText)")
            }
            return .warning(
                subject,
                "leads from the newest snapshot to \(standing.endText) only; nothing later can be restored with it",
                "lifeboat backup \(stack.configuration.stack)/\(component.name)"
            )
        }
    }

    /// What the copies lack of the rule.
    private func rule(_ report: StatusReport) -> [Examination] {
        let name = report.compliance.rule.rawValue
        guard !report.compliance.isMet else { return [.ok(name, "met")] }
        return report.compliance.lacks.map { .warning(name, $0.fact, $0.remedy) }
    }
}
