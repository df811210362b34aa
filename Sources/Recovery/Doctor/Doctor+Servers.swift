internal import FileProtection
internal import Model
internal import PostgresProtection
internal import Protection
internal import RedisProtection
internal import StackConfiguration

extension Doctor {
    /// Each server: whether it answers, and what its settings mean.
    func servers() async throws(Fault) -> [Examination] {
        var found: [Examination] = []
        for component in stack.configuration.components {
            do throws(Fault) {
                try Cancellation.check("examine '\(component.name)'")
                switch component.source {
                case .postgresql(let postgres):
                    let settings = try await stack.settings(postgres, isReached: true)
                    let health = try PostgresHealth(settings)
                    found += postgresql(component.name, settings, health)
                    found += try spool(component)
                    found += replication(component.name, try PostgresReplication(settings))
                case .redis(let configured):
                    guard let redis = try await stack.component(component) as? RedisComponent else {
                        continue
                    }
                    let health = try await RedisHealth(redis)
                    found += self.redis(component.name, health)
                    if configured.log?.stream == true { found += backlog(component.name, health) }
                case .configuration:
                    let version = try await ConfigurationComponent.gitVersion()
                    found.append(.ok(component.name, "its history is kept by \(version)"))
                case .files, .secrets, .dumps: continue
                }
            } catch {
                if error.code == .cancelled { throw error }
                found.append(.problem(component.name, error))
            }
        }
        return found
    }

    private func postgresql(
        _ name: String,
        _ settings: PostgresSettings,
        _ health: PostgresHealth
    ) -> [Examination] {
        var found: [Examination] = []
        if !health.isTested {
            found.append(
                .warning(
                    name,
                    "the server is PostgreSQL \(health.version / 10_000), with which Lifeboat was not tested",
                    "upgrade the server; or let `backup` and `run` go on with --untested-version, and restore a backup to see that it comes back"
                )
            )
        }
        if health.walLevel == "minimal" {
            found.append(
                .problem(
                    name,
                    "wal_level is minimal: no backup can be taken",
                    "ALTER SYSTEM SET wal_level = replica, then restart the server",
                    .sourceUnreachable
                )
            )
        }
        if settings.slot != nil, health.slotBound == nil {
            found.append(
                .warning(
                    name,
                    "max_slot_wal_keep_size has no bound: a long absence of Lifeboat fills the server's disk",
                    "ALTER SYSTEM SET max_slot_wal_keep_size = '10GB', then SELECT pg_reload_conf()"
                )
            )
        }
        if let wanted = settings.slot, let slot = health.slot {
            found += self.slot(name, wanted, slot)
            found += synchronous(name, wanted, health.synchronous)
        }
        if health.isBlindToSessions {
            found.append(
                .warning(
                    name,
                    "`busy.sessions` counts too few: the role does not see the sessions of others",
                    "GRANT pg_read_all_stats, as lifeboat doctor --grants prints it"
                )
            )
        }
        found += reading(name, settings, health)
        return found
    }

    /// Who follows the server, and what it keeps log for.
    private func replication(
        _ name: String,
        _ replication: PostgresReplication
    ) -> [Examination] {
        let subject = "\(name), replication"
        let findings = replication.findings
        guard findings.isEmpty else {
            return findings.map { .warning(subject, $0.fact, $0.remedy) }
        }
        return replication.followers.map { .ok(subject, $0.text) }
    }

    /// How a base backup will read the files.
    private func reading(
        _ name: String,
        _ settings: PostgresSettings,
        _ health: PostgresHealth
    ) -> [Examination] {
        let version = "PostgreSQL \(health.version / 10_000).\(health.version % 10_000)"
        if let obstacle = health.obstacle {
            let grant = health.grants.flatMap { grants in
                grants.statement.map { "in database \(grants.database): \($0)" }
            }
            return [
                .warning(
                    name,
                    "\(version) answers; its files are read over the replication protocol: \(obstacle.message)",
                    grant ?? obstacle.hints.first
                        ?? "let this account read the folder, or set `method: replication`"
                )
            ]
        }
        let way =
            switch health.method {
            case .direct: "directly"
            case .sql: "over \(settings.connections) SQL connections"
            case .replication, .auto: "over the replication protocol"
            }
        let changes =
            if health.readsChanges {
                ""
            } else if settings.method == .replication {
                ", everything each time"
            } else {
                ", everything each time; what `lifeboat doctor --grants` prints lets it read only what changed"
            }
        return [.ok(name, "\(version) answers; its files are read \(way)\(changes)")]
    }

    private func slot(
        _ name: String,
        _ wanted: String,
        _ slot: PostgresHealth.Slot
    ) -> [Examination] {
        switch slot {
        case .active: []
        case .missing:
            [.warning(name, "slot '\(wanted)' is not there: no log is kept", "lifeboat backup")]
        case .lost:
            [
                .problem(
                    name,
                    "slot '\(wanted)' has lost its log: there will be a gap",
                    "lifeboat backup, which makes the slot anew",
                    .sourceUnreachable
                )
            ]
        case .ending:
            [.warning(name, "the log of slot '\(wanted)' is about to be removed", "lifeboat run")]
        case .idle:
            [.warning(name, "nobody receives the log of slot '\(wanted)'", "lifeboat run")]
        }
    }

    /// Whether commits wait for the vault, and what happens to them while nobody receives.
    private func synchronous(
        _ name: String,
        _ slot: String,
        _ standing: SynchronousStanding
    ) -> [Examination] {
        let second =
            "name a second standby: ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 (\(slot), OTHER)',"
            + " then SELECT pg_reload_conf()"
        return switch standing {
        case .notNamed: []
        case .potential:
            [.ok(name, "'\(slot)' is a synchronous standby, behind another one")]
        case .away:
            [
                .problem(
                    name,
                    "synchronous_standby_names names '\(slot)', and it does not receive: commits may hang",
                    "lifeboat run",
                    .sourceUnreachable
                )
            ]
        case .awaited(isAlone: false):
            [.ok(name, "commits wait until the vault holds them ('\(slot)')")]
        case .awaited:
            [
                .warning(
                    name,
                    "commits wait for '\(slot)' alone: they hang while Lifeboat or its vault is away",
                    second
                )
            ]
        }
    }
}
