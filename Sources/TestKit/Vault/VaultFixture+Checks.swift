public import Model
public import Vault

extension CheckRequest {
    /// What a copy is asked that lacks what others hold: every byte, but not where its history has gone.
    public static var copy: CheckRequest {
        var request = CheckRequest()
        request.judgesHoles = false
        return request
    }
}

extension VaultFixture {
    /// A check whose results the fixture's host signs, at a time.
    public func check(
        at time: Instant? = nil,
        _ change: (inout CheckRequest) -> Void = { _ in }
    ) async throws(Fault) -> CheckReport {
        var request = CheckRequest()
        request.author = CheckRequest.Author(keys: keys, clock: FixedClock(time ?? self.time))
        change(&request)
        return try await VaultCheck(vault, request).run { _ in }
    }
}
