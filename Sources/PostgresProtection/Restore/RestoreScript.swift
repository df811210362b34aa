internal import Model
internal import PostgresWire

/// What the recovering server runs to get its log: a short `sh` script in the data directory.
///
/// The server needs no Lifeboat beside it. Exit 0: the file is there. Exit 1: the plan says that there is no such file, so
/// the log ends here. Exit 200: anything else, which makes recovery stop instead of promoting a server that lacks data
/// (`wait_result_is_any_signal` in `wait_error.c`: above 125).
enum RestoreScript {
    /// The folder in the data directory that holds it all.
    static let folder = "lifeboat"

    /// `restore_command`.
    static let command = "sh lifeboat/fetch.sh \"%f\" \"%p\""

    /// `lifeboat/fetch.sh`.
    static let text = """
        #!/bin/sh
        # Gives PostgreSQL the log that a restore by Lifeboat has laid out in lifeboat/wal.
        # Called as restore_command in the data directory: sh lifeboat/fetch.sh "%f" "%p"
        # lifeboat/present lists every file that belongs here, lifeboat/absent those that do not exist.
        name=$1
        target=$2
        if [ -f "lifeboat/wal/$name" ]; then
            cp "lifeboat/wal/$name" "$target" && exit 0
            exit 200
        fi
        if grep -qxF "$name" lifeboat/absent; then
            exit 1
        fi
        if grep -qxF "$name" lifeboat/present; then
            # It belongs here and is still on its way.
            waited=0
            while [ "$waited" -lt 3600 ]; do
                if [ -f "lifeboat/wal/$name" ]; then
                    cp "lifeboat/wal/$name" "$target" && exit 0
                    exit 200
                fi
                sleep 1
                waited=$((waited + 1))
            done
        fi
        exit 200

        """

    /// The names that the server may ask for and that do not exist: what follows the end of the log.
    ///
    /// `newest`: the highest timeline that there is.
    static func absent(
        after end: LSN,
        on path: TimelinePath,
        size: SegmentSize,
        newest: UInt32
    ) -> [String] {
        var names: [String] = []
        for stretch in path.stretches {
            let last = SegmentName(
                timeline: stretch.timeline,
                containing: LSN(max(1, end.value) - 1),
                size: size
            )
            if let next = last?.next { names.append(next.description) }
            if let following = last?.next?.next { names.append(following.description) }
        }
        // A base on a timeline whose history the vault lacks was taken before anything branched off.
        names += path.stretches.map { TimelineHistory.fileName($0.timeline) }
        names += (1...8).map { TimelineHistory.fileName(newest + UInt32($0)) }
        return names
    }
}
