import ArgumentParser
import Console
import Model
import Recovery
import StackConfiguration
import SystemIO
import SystemPackage

/// `lifeboat restore`.
struct RestoreVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Brings the stack, or some components, back to one chosen second.",
        discussion: """
            Prints the plan first, and does nothing without a typed confirmation or --yes. Nothing that exists is
            replaced: a component's place must be empty, but with --delta or --delete. When one component cannot come back
            nothing does, and the command that brings back the others is named. The services that may use what comes back in
            its own place are stopped first, and those that ran are started behind it.

            With --table or --database one thing comes back out of a PostgreSQL cluster, which is recovered in a
            private place, read there, and removed: --to stdout (as SQL, the default), FILE.sql, table:NAME in the
            live database, or database:NAME on the live server.

            With --to live a Redis comes back into its running server, which holds what it held or all of the snapshot, and what it
            holds before is snapshotted first; with --key, --prefix or --db only these keys, beside what is there.
            """
    )

    @OptionGroup var about: SubjectsArgument
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The moment to go back to: RFC 3339, local time without a zone, '2h ago', latest; of PostgreSQL also lsn:X/Y, xid:N, mark:NAME, immediate.",
            discussion:
                "COMPONENT@NUMBER, or an object's name, is that snapshot and no other; so is commit:ID of a configuration.",
            valueName: "TIME"
        )
    )
    var at = "latest"
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The timeline of PostgreSQL to follow.",
            discussion: "Default: the one that the moment lies on; the plan names it.",
            valueName: "NUMBER"
        )
    )
    var timeline: UInt32?
    @Flag(name: .long, help: "Stop just before the moment, the transaction or the position.")
    var exclusive = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where a tablespace of PostgreSQL goes that was made at OLD; may be repeated.",
            discussion: "Default: beside the data directory.",
            valueName: "OLD=NEW"
        )
    )
    var tablespace: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "Where to put it; several components each into a folder of its name there.",
            discussion:
                "Default: where each came from. With --table or --database: stdout, FILE.sql, table:NAME, database:NAME.",
            valueName: "DIR"
        )
    )
    var to: String?
    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Take over what is there: files, or the data directory of the same PostgreSQL cluster, damaged or older, at --to or where it came from.",
            discussion:
                "What is right stays, the rest is written; in a data directory, on which no server may run but one that `services:` lets it stop, what is left over is removed."
        )
    )
    var delta = false
    @Flag(
        name: .long,
        help:
            "With or without --delta, of files: also remove those that the snapshot does not hold, but for what the component leaves out."
    )
    var delete = false
    @Flag(
        name: .long,
        help: ArgumentHelp(
            "Give files to the user and group numbers of the snapshot.",
            discussion:
                "Default, for root: to the users and groups that have their names on this host."
        )
    )
    var numericOwner = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "A file or a folder that comes back, of files or of a configuration; may be repeated.",
            discussion: "With --to stdout one file is written there, and nothing is asked.",
            valueName: "PATH"
        )
    )
    var path: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The copy to read from, and no other.",
            discussion: "Default: the best that is there, and the others where it is damaged.",
            valueName: "COPY"
        )
    )
    var from: String?
    @OptionGroup var thing: ThingOption
    @OptionGroup var redis: RedisOption
    @Flag(name: .long, help: "Do what the plan says without asking.")
    var yes = false
    @OptionGroup var identities: IdentityOption
    @Flag(name: .long, help: "Lay PostgreSQL out, but leave its recovery to its first start.")
    var noRecover = false
    @Flag(name: .long, help: "Leave services as they are: nothing is stopped, nothing is started.")
    var noServices = false
    @Flag(name: .long, help: "Leave secrets sealed.")
    var sealed = false
    @Flag(
        name: .long,
        help: "Bring back the history of a configuration, a bare git repository, not its files."
    )
    var history = false
    @Flag(name: .long, help: "Ask for what lies in cold storage; that takes hours and costs money.")
    var thaw = false
    @Flag(name: .long, help: "With --thaw: sooner, for more money.")
    var urgent = false
    @OptionGroup var global: GlobalOptions

    func validate() throws { try about.checkStack() }

    func perform(_ screen: Screen) async throws(Fault) -> Model.ExitCode {
        if isDump { return try await dump(screen) }
        let wish = try thing.wish(to: to)
        let redisWish = wish == nil ? try redis.wish(to: to) : nil
        try refuse(wish)
        var screen = screen
        screen.resultsGoAside = wish?.place == .output
        let stack = try ConfigurationFile.stack(global, subject: about.stack, screen)
        let point = try PointText(at)
        let ring = try await identities.keyRing(stack, screen)
        var options = RestoreOptions(
            components: about.names,
            target: point.target,
            destination: place(wish, redisWish).map { WorkingDirectory.absolute($0) },
            identities: try ring.required(to: "restore"),
            vault: ring.vault
        )
        options.thing = wish
        options.redis = redisWish
        options.snapshot = point.snapshot
        options.copy = from
        options.timeline = timeline
        options.isExclusive = exclusive
        options.isDelta = delta
        options.deletes = delete
        options.keepsNumbers = numericOwner
        options.paths = path.map { FilePath($0) }
        options.tablespaces = try tablespaces()
        options.recovers = !noRecover
        options.keepsSealed = sealed
        options.leavesServices = noServices
        await Leftovers(stack).clear(screen, startsServices: !noServices)
        options.bringsHistory = history
        let restore = StackRestore(stack, options)
        if let cold = try await restore.coldStorage() {
            try screen.result(ColdStorageText.lines(cold, color: screen.hasColor))
            try screen.json("cold_storage", ColdStorageText.fields(cold))
            if thaw { try await restore.thaw(cold, isUrgent: urgent) }
        }
        return try await RestoreRun(restore: restore, stack: stack, isConfirmed: yes).perform(
            screen
        )
    }

    /// The folder that `--to`, or what stands for it, names.
    private func place(_ wish: ThingWish?, _ redis: RedisWish?) -> String? {
        if redis?.isLive == true { return nil }
        return wish == nil ? to : thing.scratch
    }

    /// Refuses flags that say nothing, or something else, of one thing.
    private func refuse(_ wish: ThingWish?) throws(Fault) {
        guard let wish else { return }
        var flags: [String] = []
        if noRecover { flags.append("--no-recover") }
        if !tablespace.isEmpty { flags.append("--tablespace") }
        if global.json, wish.place == .output { flags.append("--json, which writes there too,") }
        guard let flag = flags.first else { return }
        throw Fault(
            .usage,
            "unable to restore one table or database: \(flag) does not go with it",
            hints: ["Leave it out, or send the table elsewhere: --to FILE.sql"]
        )
    }

    /// What `--tablespace` says.
    private func tablespaces() throws(Fault) -> [String: FilePath] {
        var places: [String: FilePath] = [:]
        for text in tablespace {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].hasPrefix("/"), !parts[1].isEmpty,
                places[String(parts[0])] == nil
            else {
                throw Fault(
                    .usage,
                    "unable to read tablespace '\(text)': it is not OLD=NEW, with the absolute path that it was made at",
                    hints: ["Write it like --tablespace /mnt/fast=/srv/fast, each OLD once."]
                )
            }
            places[String(parts[0])] = WorkingDirectory.absolute(String(parts[1]))
        }
        return places
    }
}
