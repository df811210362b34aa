public import Model
internal import ObjectStorage
internal import StackConfiguration
public import Vault

/// Looks at a stack's copies: at their names, at every byte, or into every file; and mends one copy from its own older versions
/// and from the others.
public struct CheckRun: Sendable {
    /// Hears of a copy, by name, as its objects are done.
    public typealias Progress = (String, CheckReport) -> Void

    let stack: Stack

    /// Prepares a check.
    public init(_ stack: Stack) { self.stack = stack }

    /// Checks copies one after the other, compares each with what this host remembers of it, and leaves the results in
    /// each when this host's keys are there.
    ///
    /// A copy that cannot be reached, or fails on the way, does not stop the others.
    ///
    /// - Parameters:
    ///   - request: how closely to look; who signs the results and what is remembered is filled in.
    ///   - names: the copies; all when empty.
    ///   - expected: the vault's id as a recovery kit states it.
    ///   - repairs: whether to mend what is damaged from older versions and the other copies, and to verify it.
    ///   - progress: hears of objects as they are done.
    /// - Returns: what was found.
    /// - Throws: what opening the first copy throws when none is there; `E-COPY-UNKNOWN`, `E-CANCELLED`; damage is in
    ///   the result.
    public func run(
        _ request: CheckRequest,
        copies names: [String] = [],
        vault expected: Digest256? = nil,
        repairs: Bool = false,
        progress: Progress
    ) async throws(Fault) -> StackCheck {
        _ = try stack.copies(names)
        var found = try await stack.findCopies(expecting: expected)
        if repairs { try await mendFormats(of: names, in: &found) }
        let chosen = try found.only(names).required()
        var check = StackCheck()
        check.absent = chosen.absent
        for copy in chosen.open {
            do throws(Fault) {
                let others = UnitedCopies.ranked(found.open).filter { $0.name != copy.name }
                var request = request
                await fill(&request, with: others, isComplete: found.absent.isEmpty)
                check.copies.append(
                    try await self.check(copy, request, others: repairs ? others : nil, progress)
                )
            } catch {
                if error.code == .cancelled { throw error }
                check.failures.append(.init(copy: copy.configuration, fault: error))
            }
        }
        return check
    }

    /// Checks one copy, and mends it when there are others to mend it from.
    private func check(
        _ copy: OpenCopy,
        _ request: CheckRequest,
        others: [OpenCopy]?,
        _ progress: Progress
    ) async throws(Fault) -> CopyCheck {
        guard let others else {
            return CopyCheck(
                copy.configuration,
                try await look(copy, request) { progress(copy.name, $0) }
            )
        }
        let returned = try await undelete(copy)
        // A host's document may be among what came back.
        let copy = returned.isEmpty ? copy : try await opened(copy)
        let report = try await look(copy, request) { progress(copy.name, $0) }
        var check = CopyCheck(copy.configuration, report)
        check.mendings = returned
        guard !report.damage.isEmpty || !report.holes.isEmpty else { return check }
        let mendings = try await CopyRepair(copy: copy, others: others).run(report)
        check.mendings += mendings
        guard mendings.contains(where: { $0.source != nil }) else { return check }
        try await verify(&check, copy, request, progress)
        return check
    }

    /// Takes back what was deleted in a copy that keeps versions; what cannot be is for the check to find.
    private func undelete(_ copy: OpenCopy) async throws(Fault) -> [Mending] {
        let endings: [DeletionRepair.Ending]
        do throws(Fault) {
            endings = try await DeletionRepair(of: copy.vault).run()
        } catch  where error.code == .storeDenied {
            // Who may not list versions mends what the check finds.
            return []
        }
        return endings.map { ending in
            Mending(
                object: ending.object.text,
                fact: "it was deleted",
                source: ending.fault == nil ? copy.name : nil,
                isOlderVersion: ending.fault == nil,
                fault: ending.fault
            )
        }
    }

    private func opened(_ copy: OpenCopy) async throws(Fault) -> OpenCopy {
        OpenCopy(
            configuration: copy.configuration,
            vault: try await stack.open(copy.configuration, expecting: copy.vault.id)
        )
    }

    /// Finds out what is left after a repair, and lets the copy remember it.
    ///
    /// What was mended has been read again one by one. Names and heads are looked at once more, and all contents where the
    /// check was deep.
    private func verify(
        _ check: inout CopyCheck,
        _ copy: OpenCopy,
        _ request: CheckRequest,
        _ progress: Progress
    ) async throws(Fault) {
        let mended = check.mendings.filter { $0.source != nil }.map(\.object)
        // A host's document may be among what was mended.
        let again = try await opened(copy)
        if let author = try? author() {
            do throws(Fault) {
                try await again.vault.remember(
                    verified: mended.compactMap { ObjectName($0) },
                    since: stack.clock.now(),
                    by: author
                )
            } catch { check.report.unremembered = check.report.unremembered ?? error }
        }
        let isDeep = check.report.depth == .deep
        var request = request
        if !isDeep { request.depth = .listing }
        request.budget = nil
        let second = try await look(again, request) { progress(copy.name, $0) }
        let hashes = check.report.damage.filter { finding in
            finding.depth == .hashes && !mended.contains(finding.object)
                && !second.damage.contains { $0.object == finding.object }
        }
        check.left = second.damage + (isDeep ? [] : hashes)
    }

    /// Writes the lost or damaged `format.json` of copies again: from an older version, else where a host's document shows that
    /// they are this vault's.
    private func mendFormats(of names: [String], in found: inout CopySet) async throws(Fault) {
        let others = UnitedCopies.ranked(found.open).map(\.vault)
        var known = others.first?.id
        if known == nil { known = try stack.vaultID(expecting: nil) }
        guard let id = known, let format = ObjectName("format.json") else { return }
        for lost in found.only(names).absent
        where [.formatLost, .damaged, .noVault, .untrusted, .copyForeign].contains(lost.fault.code)
        {
            do throws(Fault) {
                let store = try await stack.opening.store(of: lost.configuration)
                if try await !Vault.bringBackFormat(in: store, of: id) {
                    guard let any = others.first,
                        [.formatLost, .damaged].contains(lost.fault.code),
                        try await any.isRecognised(in: store)
                    else { continue }
                    _ = await Repair(of: store, from: others).run(format)
                }
                let vault = try await stack.open(lost.configuration, expecting: id)
                found.open.append(OpenCopy(configuration: lost.configuration, vault: vault))
                found.absent.removeAll { $0.name == lost.name }
            } catch {
                if error.code == .cancelled { throw error }
            }
        }
    }
}
