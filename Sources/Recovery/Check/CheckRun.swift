public import Model
internal import StackConfiguration
public import Vault

/// Looks at a stack's vault: at its names, at every byte, or into every file.
public struct CheckRun: Sendable {
    private let stack: Stack

    /// Prepares a check.
    public init(_ stack: Stack) { self.stack = stack }

    /// Runs the check, compares the vault with what this host remembers of it, and leaves the results in the vault when
    /// this host's keys are there.
    ///
    /// - Parameters:
    ///   - request: how closely to look; who signs the results and what is remembered is filled in.
    ///   - expected: the vault's id as a recovery kit states it.
    ///   - progress: hears of objects as they are done.
    /// - Returns: what was found.
    /// - Throws: what opening the vault throws, and the store where it is about more than single
    ///   objects; `E-CANCELLED`; damage is in the report.
    public func run(
        _ request: CheckRequest,
        vault expected: Digest256? = nil,
        progress: (CheckReport) -> Void
    ) async throws(Fault) -> CheckReport {
        let vault = try await stack.openVault(expecting: expected)
        let memory = HeadMemory(stack, vault)
        var request = request
        var trouble: Fault?
        do throws(Fault) {
            request.author = CheckRequest.Author(keys: try stack.hostKeys(), clock: stack.clock)
        } catch {
            // A machine without keys of its own may check, and only tells what it found.
            if error.code != .keysMissing { trouble = error }
        }
        let streams = stack.configuration.components.map { stack.stream(of: $0.name) }
        for stream in streams {
            do throws(Fault) {
                if let known = try memory.newest(of: stream) { request.remembered.append(known) }
            } catch { trouble = trouble ?? error }
        }
        var report = try await VaultCheck(vault, request).run(progress: progress)
        for stream in streams {
            guard let newest = report.newest[stream]?.first else { continue }
            do throws(Fault) { try memory.saw(newest) } catch { trouble = trouble ?? error }
        }
        report.unremembered = report.unremembered ?? trouble
        return report
    }
}

extension CheckReport {
    /// 5 when something is damaged, forged or missing, else 0.
    public var exit: ExitCode { damage.isEmpty ? .success : .damaged }
}
