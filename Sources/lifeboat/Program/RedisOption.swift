import ArgumentParser
import Model
import Recovery

/// The flags of a restore that are about Redis.
struct RedisOption: ParsableArguments {
    /// The place that is the component's own running server.
    static let live = "live"

    @Option(
        name: .long,
        help: ArgumentHelp(
            "What becomes of the expiries of Redis: keep, shift by the time since the snapshot, or drop.",
            discussion: "What had expired at the snapshot's moment stays so. Default: keep.",
            valueName: "MODE"
        )
    )
    var ttl: String?
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --to live: only this key of Redis; may be repeated.",
            valueName: "NAME"
        )
    )
    var key: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --to live: only keys of Redis that begin so; may be repeated.",
            valueName: "TEXT"
        )
    )
    var prefix: [String] = []
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --to live: only keys of this database of Redis; may be repeated.",
            valueName: "NUMBER"
        )
    )
    var db: [Int] = []
    @Flag(name: .long, help: "With --key, --prefix or --db: keys that are there stay as they are.")
    var keepExisting = false
    @Option(
        name: .long,
        help: ArgumentHelp(
            "With --to live: the address of this host where Redis fetches all its data.",
            discussion: "Default: the one that it is reached from.",
            valueName: "ADDRESS"
        )
    )
    var listen: String?
    @Flag(name: .long, help: "With --to live: take no snapshot of what is there first.")
    var noSafetyCopy = false

    /// What the flags ask for, and where, `live` taken out; nil when they ask for nothing.
    ///
    /// - Throws: `E-USAGE` when they contradict each other, or the place.
    func wish(to place: String?) throws(Fault) -> RedisWish? {
        let isLive = place == Self.live
        if !isLive, let flag = liveFlags.first(where: \.isGiven)?.name {
            throw refusal("\(flag) is for the running server", "Say so: --to live")
        }
        guard isLive || ttl != nil else { return nil }
        var wish = RedisWish()
        if let ttl {
            guard let mode = RedisWish.Expiries(rawValue: ttl) else {
                throw refusal("--ttl is none of keep, shift and drop", "Write it like --ttl shift")
            }
            wish.expiries = mode
        }
        wish.isLive = isLive
        wish.databases = db
        wish.keys = key
        wish.prefixes = prefix
        wish.keepsExisting = keepExisting
        wish.listen = listen
        wish.hasSafetyCopy = !noSafetyCopy
        guard db.allSatisfy({ $0 >= 0 }) else {
            throw refusal("--db is below 0", "Write it like --db 3")
        }
        guard !keepExisting || wish.hasSelection else {
            throw refusal(
                "--keep-existing is for chosen keys, and all data was asked for",
                "Choose some: --key NAME, --prefix TEXT or --db NUMBER"
            )
        }
        guard listen == nil || !wish.hasSelection else {
            throw refusal("--listen is for all data, and keys were chosen", "Leave it out.")
        }
        return wish
    }

    private var liveFlags: [(isGiven: Bool, name: String)] {
        [
            (!key.isEmpty, "--key"), (!prefix.isEmpty, "--prefix"), (!db.isEmpty, "--db"),
            (keepExisting, "--keep-existing"), (listen != nil, "--listen"),
            (noSafetyCopy, "--no-safety-copy"),
        ]
    }

    private func refusal(_ fact: String, _ hint: String) -> Fault {
        Fault(.usage, "unable to restore Redis: \(fact)", hints: [hint])
    }
}
