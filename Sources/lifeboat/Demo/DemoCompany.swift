import Model

/// Work that has a companion: something that goes on beside it and ends with it.
enum DemoCompany {
    /// Does some work beside a companion.
    ///
    /// - Parameters:
    ///   - companion: What goes on beside the work.
    ///   - isEndless: Whether it ends only when it is cancelled; else it ends by itself, and is waited for.
    ///   - work: The work.
    /// - Returns: What the work returned.
    /// - Throws: What the work throws; rather what made the companion fail, since that is why.
    static func work<Value: Sendable>(
        beside companion: @escaping @Sendable () async throws(Fault) -> Void,
        isEndless: Bool,
        _ work: () async throws(Fault) -> Value
    ) async throws(Fault) -> Value {
        let (outcome, ending) = await withTaskGroup(of: Result<Void, Fault>.self) { group in
            group.addTask {
                do throws(Fault) { return .success(try await companion()) } catch {
                    return .failure(error)
                }
            }
            let outcome: Result<Value, Fault>
            do throws(Fault) { outcome = .success(try await work()) } catch {
                outcome = .failure(error)
            }
            if isEndless || (try? outcome.get()) == nil { group.cancelAll() }
            return (outcome, await group.next() ?? .success(()))
        }
        if case .failure(let fault) = ending, fault.code != .cancelled { throw fault }
        return try outcome.get()
    }
}
