public import Model
internal import ObjectStorage
internal import StackConfiguration
public import Vault

/// Looks at a stack's copies: at their names, at every byte, or into every file; and mends one copy from the others.
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
    ///   - repairs: whether to mend what is damaged from the other copies, and to verify it.
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
        let report = try await look(copy, request) { progress(copy.name, $0) }
        var check = CopyCheck(copy.configuration, report)
        guard let others, !report.damage.isEmpty else { return check }
        check.mendings = try await CopyRepair(copy: copy, others: others).run(report.damage)
        guard check.mendings.contains(where: { $0.source != nil }) else { return check }
        try await verify(&check, copy, request, progress)
        return check
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
        let vault = try await stack.open(copy.configuration, expecting: copy.vault.id)
        let again = OpenCopy(configuration: copy.configuration, vault: vault)
        if let author = try? author() {
            do throws(Fault) {
                try await vault.remember(
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

    /// Writes the lost or damaged `format.json` of copies again, where a host's document shows that they are this vault's.
    private func mendFormats(of names: [String], in found: inout CopySet) async throws(Fault) {
        let others = UnitedCopies.ranked(found.open).map(\.vault)
        guard let any = others.first, let format = ObjectName("format.json") else { return }
        for lost in found.only(names).absent
        where lost.fault.code == .formatLost || lost.fault.code == .damaged {
            do throws(Fault) {
                let store = try await stack.opening.store(of: lost.configuration)
                guard try await any.isRecognised(in: store) else { continue }
                _ = await Repair(of: store, from: others).run(format)
                let vault = try await stack.open(lost.configuration, expecting: any.id)
                found.open.append(OpenCopy(configuration: lost.configuration, vault: vault))
                found.absent.removeAll { $0.name == lost.name }
            } catch {
                if error.code == .cancelled { throw error }
            }
        }
    }
}
