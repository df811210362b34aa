internal import Model
internal import StackConfiguration
internal import Vault

extension CheckRun {
    /// Who signs what a check finds; nil on a machine without keys of its own, which may check, and only tells.
    ///
    /// - Throws: what reading the keys throws, unless they are not there.
    func author() throws(Fault) -> CheckRequest.Author? {
        do throws(Fault) {
            return CheckRequest.Author(keys: try stack.hostKeys(), clock: stack.clock)
        } catch  where error.code == .keysMissing { return nil }
    }

    /// Notes what other copies hold: that it is not in this one is no loss.
    ///
    /// While a copy cannot be asked nobody knows whether something is a loss, so a hole is none.
    func fill(
        _ request: inout CheckRequest,
        with others: [OpenCopy],
        isComplete: Bool
    ) async {
        request.judgesHoles = isComplete
        let vaults = others.map(\.vault)
        request.logElsewhere = { () async throws(Fault) in
            var known = KnownLog()
            for vault in vaults { known.add(try await vault.knownLog()) }
            return known
        }
        for other in others {
            do throws(Fault) {
                request.elsewhere += try await other.vault.knownSnapshots()
            } catch { request.judgesHoles = false }
        }
    }

    /// Checks one copy.
    func look(
        _ copy: OpenCopy,
        _ request: CheckRequest,
        _ progress: (CheckReport) -> Void
    ) async throws(Fault) -> CheckReport {
        let memory = HeadMemory(stack, copy.vault)
        var request = request
        var trouble: Fault?
        do throws(Fault) {
            request.author = try author()
        } catch { trouble = error }
        let streams = stack.configuration.components.map { stack.stream(of: $0.name) }
        for stream in streams {
            do throws(Fault) {
                if let known = try memory.newest(of: stream) { request.remembered.append(known) }
            } catch { trouble = trouble ?? error }
        }
        var report = try await VaultCheck(copy.vault, request).run(progress: progress)
        for stream in streams {
            guard let newest = report.newest[stream]?.first else { continue }
            do throws(Fault) { try memory.saw(newest) } catch { trouble = trouble ?? error }
        }
        report.unremembered = report.unremembered ?? trouble
        return report
    }
}
