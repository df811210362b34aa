import Console
import Model
import Protection
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage
import Vault

extension DemoStory {
    /// Restores the stack with what the recovery kit holds, starts it, and compares.
    func comeBack(
        _ memory: DemoMemory,
        _ loss: DemoLoss,
        _ ledger: DemoLedger,
        lost: Duration,
        begin: Duration
    ) async throws(Fault) -> DemoVerdict {
        let step = try narrator.begin(
            7,
            "Bring it back: lifeboat restore --at \(loss.target.rfc3339(digits: 0))"
        )
        let plan = try await restore(loss.target)
        try await postgres.verifyPages()
        return try await postgres.serve { _ async throws(Fault) in
            try await redis.serve { _ async throws(Fault) in
                let recovery = BootClock.now() - lost
                try narrator.end(
                    step,
                    [
                        ("page checksums", "right on every page, says pg_checksums"),
                        ("servers", "both answer, \(DemoText.seconds(recovery)) after the loss"),
                    ],
                    [JSONField("seconds_recovery", .seconds(recovery))]
                )
                let rows = try await compare(memory, plan, loss, ledger)
                return DemoVerdict(
                    target: loss.target,
                    rows: rows,
                    calls: ledger.committed(by: loss.target).count,
                    givenUp: ledger.begun(after: loss.target).count,
                    givenUpTime: loss.deleted - loss.target,
                    behind: loss.killed - loss.logged,
                    recovery: recovery,
                    total: BootClock.now() - begin,
                    source: ByteCount(
                        plan.steps.reduce(0) { $0 + $1.plan.snapshot.head.sizes.source }
                    ),
                    vault: try DiskUsage.bytes(below: place.vault),
                    log: try DiskUsage.bytes(below: place.vault.appending("log"))
                )
            }
        }
    }

    /// Plans and runs the restore on a host that has nothing but the vault and the kit.
    private func restore(_ target: Instant) async throws(Fault) -> StackRestorePlan {
        let kit = try RecoveryKit(reading: place.kit)
        let decoded = try StackConfiguration.decode(
            kit.configuration,
            file: place.kit.displayed,
            environment: [:],
            machine: ConfigurationFile.machine()
        )
        let stack = Stack(decoded.configuration, variables: [:], clock: SystemClock())
        let options = RestoreOptions(
            target: .time(target),
            identities: try KeyRing(files: [place.kit], passphrases: .none).identities,
            vault: kit.vault
        )
        let restore = StackRestore(stack, options)
        let plan = try await restore.plan()
        try narrator.show(RestoreText.lines(plan, stack, color: screen.hasColor))
        try screen.json("plan", RestoreText.fields(plan))
        let board = narrator.progress(of: "restoring")
        let summary = await restore.run(plan) { board.reporter(for: $0) }
        for result in summary.results { board.end(result.name, isSuccess: result.fault == nil) }
        board.finish()
        if let fault = summary.fault { throw fault }
        return plan
    }

    private func compare(
        _ memory: DemoMemory,
        _ plan: StackRestorePlan,
        _ loss: DemoLoss,
        _ ledger: DemoLedger
    ) async throws(Fault) -> [DemoVerdict.Row] {
        let step = try narrator.begin(8, "Compare it with what it was")
        let comparison = DemoComparison(memory: memory, target: loss.target, ledger: ledger)
        let tables = try database.evidence()
        let written = try database.written()
        let sessions = try await redis.evidence()
        let found = try files.evidence()
        let secrets = place.secrets.string
        let size = try database.size()
        let times = plan.steps.reduce(into: [:]) { $0[$1.name] = $1.plan.snapshot.head.time }
        let row = { (name: String, content: String, difference: String?) in
            DemoVerdict.Row(
                component: name,
                content: content,
                time: name == "database" ? loss.target : times[name] ?? loss.target,
                difference: difference
            )
        }
        let calls = (tables.first?.rows ?? 0) + written.count
        let rows = [
            row(
                "database",
                "\(DemoText.number(calls)) calls, \(size)",
                comparison.database(tables, written)
            ),
            row(
                "sessions",
                "\(DemoText.number(sessions.keys)) keys and their ends",
                comparison.sessions(sessions)
            ),
            row(
                "knowledge",
                "\(found.count - 1) files and folders",
                comparison.files(found) { $0 != secrets }
            ),
            row("secrets", "one .env", comparison.files(found) { $0 == secrets }),
        ]
        try narrator.end(
            step,
            [
                (
                    "database",
                    "every row of every table; of the calls that came in, each against the ledger"
                ),
                ("sessions", "every key, every value, the end of each"),
                ("files", "every byte, mode, owner and time"),
            ]
        )
        return rows
    }
}
