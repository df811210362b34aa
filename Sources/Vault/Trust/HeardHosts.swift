internal import Model
internal import Sealing
internal import Synchronization

/// What the operator said of hosts in the enrolments that heads carry along, as far as this process has read them, and in those
/// that this host saw under `hosts/` before.
///
/// Each is signed by the operator, so it counts wherever it lies. Who destroys documents under `hosts/` makes no revoked key
/// count again with it: every head that was signed since names the revoked keys.
final class HeardHosts: Sendable {
    private struct State {
        var enrolments: [String: Enrolment] = [:]
        /// The texts of those that a head carries, or that were there before.
        var carried: Set<String> = []
        var revoked: [String: Set<VerifyKey>] = [:]
    }

    private let state = Mutex(State())

    /// What was heard, by host and number.
    var enrolments: [Enrolment] {
        state.withLock { Array($0.enrolments.values) }
            .sorted { ($0.host, $0.number) < ($1.host, $1.number) }
    }

    /// Those of them that a head of this copy carries, or that it held before.
    var carried: [Enrolment] {
        let texts = state.withLock { $0.carried }
        return enrolments.filter { texts.contains($0.text) }
    }

    /// How much was heard; it only grows.
    var count: Int { state.withLock { $0.enrolments.count } }

    /// The keys of a host that an enrolment calls revoked.
    func revoked(_ host: String) -> Set<VerifyKey> { state.withLock { $0.revoked[host] ?? [] } }

    /// Whether a text was heard before, from a head if that is asked.
    func knows(_ text: String, isCarried: Bool) -> Bool {
        state.withLock { isCarried ? $0.carried.contains(text) : $0.enrolments[text] != nil }
    }

    /// Notes an enrolment that was verified; `isCarried`: a head of this copy carries it or it was there before, and not only
    /// another copy knows it.
    func note(_ enrolment: Enrolment, isCarried: Bool) {
        state.withLock { state in
            state.enrolments[enrolment.text] = enrolment
            state.revoked[enrolment.host, default: []].formUnion(enrolment.revoked)
            if isCarried { state.carried.insert(enrolment.text) }
        }
    }
}
