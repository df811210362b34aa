public import Model

/// How one service of a stack is examined, stopped and started.
///
/// A service has parts that work at the same time: the containers of a scaled compose service, a unit and what systemd ties to it. Others
/// have one.
public protocol ServiceControl: Sendable {
    /// What it is, in words: `unit shop-web.service`.
    var title: String { get }

    /// What it has and which of it runs; empty when it does not exist here. Changes nothing.
    ///
    /// - Throws: `E-SERVICE-STATE` for a state that it could not be put back into, `E-ENGINE-…`, `E-COMMAND-…`.
    func parts() async throws(Fault) -> [ServicePart]

    /// The names of what it is started after, as far as it says so itself.
    ///
    /// - Throws: as ``parts()``.
    func dependencies() async throws(Fault) -> [String]

    /// Stops every part, and returns when none runs; what stands still already is left in peace.
    ///
    /// - Throws: `E-SERVICE-STOP`, and as ``parts()``; some parts may stand still then.
    func stop() async throws(Fault)

    /// Starts some parts, and returns when they work; what works already is left in peace.
    ///
    /// - Throws: `E-SERVICE-START`, `E-SERVICE-UNHEALTHY`, `E-SERVICE-GONE`, and as ``parts()``.
    func start(_ parts: [String]) async throws(Fault)
}

extension ServiceControl {
    /// Most say nothing.
    public func dependencies() async throws(Fault) -> [String] { [] }
}
