internal import Model
internal import RedisProtection
internal import RedisWire
internal import StackConfiguration
internal import Vault

extension Doctor {
    /// What a Redis server's settings and links mean.
    func redis(_ name: String, _ health: RedisHealth) -> [Examination] {
        var found: [Examination] = []
        if health.isDiskless == false {
            found.append(
                .warning(
                    name,
                    "repl-diskless-sync is off: a snapshot takes room on the server's disk",
                    "CONFIG SET repl-diskless-sync yes, then CONFIG REWRITE"
                )
            )
        } else {
            found.append(.ok(name, "\(health.server) answers"))
        }
        guard let replication = health.replication else { return found }
        let subject = "\(name), replication"
        let findings = replication.findings
        guard findings.isEmpty else {
            return found
                + findings.map { finding in
                    finding.preventsSnapshots
                        ? .problem(subject, finding.fact, finding.remedy, .sourceUnreachable)
                        : .warning(subject, finding.fact, finding.remedy)
                }
        }
        return found + replication.lines.map { .ok(subject, $0) }
    }

    /// Less than this is gone after a short absence of whoever receives the log.
    private static let leastBacklog = ByteCount(16 << 20)

    /// Whether a server keeps enough of its commands for the log to go on after an absence.
    func backlog(_ name: String, _ health: RedisHealth) -> [Examination] {
        guard let size = health.backlog, size < Self.leastBacklog else { return [] }
        return [
            .warning(
                "\(name), log",
                "repl-backlog-size is \(size): after a short absence of `lifeboat run` its log has a gap",
                "CONFIG SET repl-backlog-size 64mb, then CONFIG REWRITE"
            )
        ]
    }

    /// Whether this host has what replays the log of each Redis: who finds that out at a restore finds it out too late.
    func replays(_ report: StatusReport) async throws(Fault) -> [Examination] {
        var found: [Examination] = []
        for configured in stack.configuration.components {
            guard case .redis(let redis) = configured.source, redis.log?.stream == true,
                let component = report.components.first(where: { $0.name == configured.name }),
                let newest = component.newest, component.standing != nil
            else { continue }
            do throws(Fault) {
                let server = try await stack.component(configured) as? RedisComponent
                guard let fault = try await server?.obstacleToReplay(on: newest) else { continue }
                found.append(
                    .warning(
                        "\(configured.name), log",
                        "\(fault.message); here snapshots come back and no moments between them",
                        fault.hints.first
                            ?? "lifeboat restore STACK/\(configured.name) --at \(configured.name)@NUMBER"
                    )
                )
            } catch {
                if error.code == .cancelled { throw error }
                found.append(.problem("\(configured.name), log", error))
            }
        }
        return found
    }
}
