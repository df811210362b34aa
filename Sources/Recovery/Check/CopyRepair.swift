internal import Model
internal import ObjectStorage
internal import Vault

/// Mends what a check found damaged in one copy from its own older versions, and from the others.
struct CopyRepair: Sendable {
    /// The copy.
    let copy: OpenCopy
    /// The others, the best first.
    let others: [OpenCopy]

    /// Mends what a check found: each object that is damaged or missing, and the log that other copies hold.
    ///
    /// - Throws: `E-CANCELLED`; what could not be mended is in the result.
    func run(_ report: CheckReport) async throws(Fault) -> [Mending] {
        // The object that shows a hole is whole itself.
        let shown = Set(report.holes.map(\.object))
        var findings = report.damage.filter { $0.depth != .listing || !shown.contains($0.object) }
        var lost: [Mending] = []
        // Holes come stream by stream.
        var listed: (stream: StreamName, pieces: Result<[LogPiece], Fault>)?
        for hole in report.holes {
            do throws(Fault) {
                if listed?.stream != hole.stream {
                    listed = (hole.stream, try await pieces(of: hole.stream))
                }
                let names = hole.pieces(among: try listed?.pieces.get() ?? [])
                findings += names.map {
                    CheckReport.Finding(object: $0.text, fact: hole.fact, depth: .listing)
                }
                if names.isEmpty { lost.append(nowhere(hole, nil)) }
            } catch {
                if error.code == .cancelled { throw error }
                lost.append(nowhere(hole, error))
            }
        }
        return try await run(findings) + lost
    }

    private func pieces(
        of stream: StreamName
    ) async throws(Fault) -> Result<[LogPiece], Fault> {
        do throws(Fault) {
            return .success(try await LogHole.pieces(of: stream, in: others.map(\.vault)))
        } catch {
            if error.code == .cancelled { throw error }
            return .failure(error)
        }
    }

    /// A hole for which nothing was found: no copy has it, or one does not tell what it has.
    private func nowhere(_ hole: LogHole, _ cause: Fault?) -> Mending {
        let fact =
            cause == nil ? "no other copy holds what is lacking" : "another copy cannot be listed"
        return Mending(
            object: hole.object,
            fact: hole.fact,
            source: nil,
            fault: Fault(
                .nowhereWhole,
                "unable to mend the log at '\(hole.object)' in '\(copy.name)': \(fact)",
                hints: cause.map { ["It says: \($0.message)."] } ?? [],
                cause: cause
            )
        )
    }

    /// Mends each object that was found damaged or missing, once.
    ///
    /// - Throws: `E-CANCELLED`; what could not be mended is in the result.
    func run(_ findings: [CheckReport.Finding]) async throws(Fault) -> [Mending] {
        let repair = Repair(of: copy.vault.store, as: copy.vault, from: others.map(\.vault))
        var mendings: [Mending] = []
        var seen: Set<String> = []
        for finding in findings where seen.insert(finding.object).inserted {
            guard let name = ObjectName(finding.object) else {
                mendings.append(
                    Mending(
                        object: finding.object,
                        fact: finding.fact,
                        source: nil,
                        fault: foreign(finding)
                    )
                )
                continue
            }
            var source: String?
            var fault: Fault?
            var isOlder = false
            switch await repair.run(name) {
            case .mended(let from): (source, fault) = await verified(repair, name, from)
            case .broughtBack:
                (source, fault) = await verified(repair, name, copy.vault.store.address)
                isOlder = source != nil
            case .whole: break
            case .kept(let reason): fault = reason
            }
            if fault?.code == .cancelled, let fault { throw fault }
            mendings.append(
                Mending(
                    object: finding.object,
                    fact: finding.fact,
                    source: source,
                    isOlderVersion: isOlder,
                    fault: fault
                )
            )
        }
        return mendings
    }

    /// Reads what was written once more.
    private func verified(
        _ repair: Repair,
        _ name: ObjectName,
        _ address: String
    ) async -> (String?, Fault?) {
        let source =
            ([copy] + others).first { $0.vault.store.address == address }?.name ?? address
        switch await repair.run(name) {
        case .whole: return (source, nil)
        case .kept(let fault): return (nil, fault)
        case .mended, .broughtBack:
            return (
                nil,
                Fault(
                    .damaged,
                    "unable to mend object '\(name)' in '\(copy.name)': it is not what was stored a moment ago",
                    hints: ["The disk may fail; look at the system's log."]
                )
            )
        }
    }

    private func foreign(_ finding: CheckReport.Finding) -> Fault {
        Fault(
            .damaged,
            "unable to mend '\(finding.object)' in '\(copy.name)': \(finding.fact)",
            hints: ["Look at it, and move it out of the vault's folder."]
        )
    }
}
