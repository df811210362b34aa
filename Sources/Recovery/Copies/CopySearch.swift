internal import Model
internal import ObjectStorage
internal import Protection
internal import Sealing
internal import StackConfiguration
internal import Vault

/// Opens copies at the same time, so that one that hangs holds up none of the others, and says which one is waited for.
struct CopySearch: Sendable {
    /// What came of opening one copy.
    struct Outcome: Sendable {
        let copy: CopyConfiguration
        let result: Result<Vault, Fault>
    }

    private enum Event: Sendable {
        case opened(Int, Outcome)
        case silent
    }

    /// How many copies are opened at once; each that hangs may hold a thread.
    private static let width = 8
    /// How long nothing is said of a copy that does not answer, and how long it is waited for where another one is chosen.
    private static let silence: Duration = .seconds(10)

    let stack: Stack
    let copies: [CopyConfiguration]
    /// The name of the copy that is to be read, nil for any: once that is there, no other one is waited for without end.
    let chosen: String?

    /// Opens them all; the results are in the order of the copies.
    ///
    /// `id`: the vault that they must hold; nil for whichever each holds.
    func run(expecting id: Digest256?) async -> [Outcome] {
        await withTaskGroup(of: Event.self) { group in
            var begun = 0
            var (isLate, isTold) = (false, false)
            var outcomes: [Int: Outcome] = [:]
            group.addTask {
                // It ends early when all copies have answered.
                try? await Task.sleep(for: Self.silence)
                return .silent
            }
            while outcomes.count < copies.count {
                while begun < copies.count, begun - outcomes.count < Self.width {
                    let index = begun
                    begun += 1
                    group.addTask { .opened(index, await open(copies[index], expecting: id)) }
                }
                switch await group.next() {
                case .opened(let index, let outcome): outcomes[index] = outcome
                case .silent: isLate = !Task.isCancelled
                case nil: break
                }
                guard isLate else { continue }
                if copies.indices.contains(where: { isChosen($0, outcomes) }) {
                    leaveOut(&outcomes)
                } else if !isTold {
                    isTold = true
                    tell(outcomes)
                }
            }
            group.cancelAll()
            return copies.indices.compactMap { outcomes[$0] }
        }
    }

    private func isChosen(_ index: Int, _ outcomes: [Int: Outcome]) -> Bool {
        copies[index].name == chosen && (try? outcomes[index]?.result.get()) != nil
    }

    /// Gives up those that have not answered, and says so.
    private func leaveOut(_ outcomes: inout [Int: Outcome]) {
        for index in copies.indices where outcomes[index] == nil {
            let name = copies[index].name
            let fault = Fault(
                .storeUnreachable,
                "unable to open copy '\(name)': it does not answer within \(Self.silence.components.seconds) s"
            )
            outcomes[index] = Outcome(copy: copies[index], result: .failure(fault))
            stack.notice(
                "going on without copy \(name): what it alone knows of revoked keys does not count"
            )
        }
    }

    private func open(
        _ copy: CopyConfiguration,
        expecting id: Digest256?
    ) async -> Outcome {
        do throws(Fault) {
            try Cancellation.check("open copy '\(copy.name)'")
            return Outcome(copy: copy, result: .success(try await stack.open(copy, expecting: id)))
        } catch { return Outcome(copy: copy, result: .failure(error)) }
    }

    /// Names the copies that have not answered, and one that could be read without them.
    private func tell(_ outcomes: [Int: Outcome]) {
        let isThere = copies.indices.first { (try? outcomes[$0]?.result.get()) != nil }
        let way = isThere.map { " (restore --from \(copies[$0].name) reads only that one)" } ?? ""
        for index in copies.indices where outcomes[index] == nil {
            stack.notice("waiting for copy \(copies[index].name)\(way)")
        }
    }
}
