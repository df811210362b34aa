/// The steps of a recovery kit in plain words, for its text and for its printed page.
struct KitGuide {
    /// One thing to do.
    struct Step {
        let words: String
        /// What to type; nil when it is done without the computer.
        var command: String?
    }

    /// Steps that lead to one goal.
    struct Section {
        let title: String
        let before: String
        let steps: [Step]
        let after: [Step]
    }

    /// All of them, first choice first.
    let sections: [Section]

    init(_ kit: RecoveryKit) {
        sections = [Self.withLifeboat(kit), Self.withoutLifeboat(kit)]
    }

    /// The guide as lines of text.
    var text: String {
        sections.map { section in
            ([section.title.uppercased(), section.before]
                + section.steps.enumerated().flatMap { Self.lines($1, "\($0 + 1). ") }
                + section.after.flatMap { Self.lines($0, "") })
                .joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    private static func lines(_ step: Step, _ number: String) -> [String] {
        [number + step.words] + (step.command.map { ["       \($0)"] } ?? [])
    }

    private static func withLifeboat(_ kit: RecoveryKit) -> Section {
        let asks = kit.isSealed ? " (it asks for the passphrase)" : ""
        return Section(
            title: "Back from an empty host, with Lifeboat",
            before: "THIS-FILE is the file of this kit.",
            steps: [
                Step(
                    words: "Install lifeboat \(kit.program) or newer and the servers that the stack"
                        + " needs; do not start them."
                ),
                Step(
                    words: "Bring a copy within reach at its address above: mount the disk, or put"
                        + " the folder there. An S3 copy needs its credentials, which are not in"
                        + " this kit."
                ),
                Step(words: "See what is there:", command: "lifeboat ls --config THIS-FILE"),
                Step(
                    words: "See what would be done\(asks):",
                    command: "lifeboat restore --config THIS-FILE --identity THIS-FILE"
                ),
                Step(
                    words: "Do it: the same with --yes, and with --at TIME for an earlier second."
                ),
                Step(
                    words: "Protect the new host:",
                    command: "lifeboat key enrol --config THIS-FILE --kit THIS-FILE"
                ),
            ],
            after: [
                Step(
                    words:
                        "Where paths differ on the new host, take the configuration out, and name"
                        + " that file; leave its stack: and host: as they are:",
                    command: "sed -n '/^# ----- BEGIN/,/^# ----- END/{/-----/!s/^# \\{0,1\\}//p}'"
                        + " THIS-FILE > lifeboat.yaml"
                )
            ]
        )
    }

    private static func withoutLifeboat(_ kit: RecoveryKit) -> Section {
        let recover = "python3 -I VAULT/recover.py VAULT"
        let age = kit.isSealed ? "KEYS" : "THIS-FILE"
        let extraction = Step(
            words:
                "`age` itself reads the keys from a file of their own, and asks for the passphrase:",
            command: "sed -n '/^-----BEGIN AGE/,/^-----END AGE/p' THIS-FILE > KEYS"
        )
        return Section(
            title: "Back without Lifeboat",
            before: "With Python 3 and two packages (Debian: apt install python3-cryptography"
                + " python3-zstandard).\nVAULT is the folder of a copy; an S3 copy is"
                + " downloaded to one first.",
            steps: [
                Step(
                    words: "This must print the hash of recover.py above:",
                    command: "sha256sum VAULT/recover.py"
                ),
                Step(
                    words: "See what is there:",
                    command: "\(recover) list --vault-id \(kit.vault)"
                ),
                Step(
                    words: "For each stream that it shows"
                        + " (STREAM is \(kit.host).\(kit.stack).COMPONENT):",
                    command: "\(recover) restore STREAM latest TARGET --identity THIS-FILE"
                ),
            ] + (kit.isSealed ? [extraction] : []) + [
                Step(
                    words: "Secrets come back sealed once more. For each:",
                    command: "age -d -i \(age) -o NAME NAME.age"
                ),
                Step(
                    words: "PostgreSQL's log, for a point in time after the base backup:",
                    command: "\(recover) wal STREAM TARGET --identity THIS-FILE"
                ),
            ],
            after: [Step(words: "VAULT/README.txt says more.")]
        )
    }
}
