public import Model
internal import Sealing

extension RecoveryKit {
    static let title = "LIFEBOAT RECOVERY KIT"
    static let begin = "----- BEGIN lifeboat.yaml -----"
    static let end = "----- END lifeboat.yaml -----"
    private static let identityMark = "AGE-SECRET-KEY-1"
    private static let dataHeading = "Data identity: opens everything but secrets"
    private static let secretsHeading = "Secrets identity: opens secrets"

    /// Whether a text begins as a kit does.
    public static func isKit(_ text: some StringProtocol) -> Bool { text.hasPrefix("# \(title)") }

    /// The kit as text, for its file and the terminal of the person who makes it; it is a secret.
    public var text: String {
        content.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { line in
                line.hasPrefix(Self.identityMark)
                    ? "\(line)\n" : line.isEmpty ? "#\n" : "# \(line)\n"
            }
            .joined()
    }

    private var content: String {
        """
        \(Self.title): \(stack) (\(environment))

        Whoever holds this can read every backup of this stack. Without it, nobody can.
        Print it, or put it on a stick, and keep it away from the host that it is for. Test it:
            lifeboat key kit --test THIS-FILE

        stack: \(stack)
        environment: \(environment)
        host: \(host)
        vault: \(vault)
        \(copies.map { "copy: \($0)" }.joined(separator: "\n"))
        program: lifeboat \(program)
        recover.py: sha256 \(wayOut)
        made: \(made)

        Operator signing key: enrols hosts in the vault
        operator-key: \(Hexadecimal.encode(operatorKey.secretBytes))

        \(Self.dataHeading); public key: \(dataIdentity.recipient)
        \(dataIdentity.secretText)

        \(Self.secretsHeading); public key: \(secretsIdentity.recipient)
        \(secretsIdentity.secretText)

        \(steps)

        \(Self.begin)
        \(configuration)\(Self.end)

        """
    }

    private var steps: String {
        """
        Back from an empty host, with Lifeboat
        1. Install lifeboat \(program) or newer and the servers that the stack needs; do not start them.
        2. Bring a copy within reach at its address above: mount the disk, or put the folder there.
        3. See what is there:        lifeboat ls --config THIS-FILE
        4. See what would be done:   lifeboat restore --config THIS-FILE --identity THIS-FILE
        5. Do it:                    the same with --yes, and with --at TIME for an earlier second
        6. Protect the new host:     lifeboat key enrol --config THIS-FILE --kit THIS-FILE
        Where paths differ on the new host, work with the configuration as a file of its own; leave
        its `stack:` and `host:` as they are, for the backups are filed under them:
            sed -n '/^# ----- BEGIN/,/^# ----- END/{/-----/!s/^# \\{0,1\\}//p}' THIS-FILE > lifeboat.yaml

        Back without Lifeboat, with Python 3 and its packages `cryptography` and `zstandard`
        (Debian: apt install python3-cryptography python3-zstandard). VAULT is the folder of a copy.
        1. sha256sum VAULT/recover.py shall print the hash above.
        2. python3 VAULT/recover.py VAULT list --vault-id \(vault)
        3. python3 VAULT/recover.py VAULT restore STREAM latest TARGET --identity THIS-FILE
           for each stream that step 2 shows; STREAM is \(host).\(stack).COMPONENT.
        4. Secrets come back sealed once more. For each: age -d -i THIS-FILE -o NAME NAME.age
        5. PostgreSQL's log, for a point in time after the base backup:
           python3 VAULT/recover.py VAULT wal STREAM TARGET --identity THIS-FILE
           VAULT/README.txt says more.
        """
    }

    /// Reads the text of a kit again.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - source: what messages call the file.
    /// - Throws: `E-KIT-FORM` naming what is missing, `E-KEY-FORM`; nothing of the text is
    ///   repeated.
    public init(parsing text: String, source: String) throws(Fault) {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.hasPrefix("# ") ? $0.dropFirst(2) : $0 == "#" ? "" : $0 }
        guard let first = lines.first, first.hasPrefix(Self.title) else {
            throw Self.malformed(source, "it does not begin as one does")
        }
        func values(_ name: String) -> [String] {
            lines.prefix { $0 != Self.begin }.filter { $0.hasPrefix("\(name): ") }
                .map { String($0.dropFirst(name.utf8.count + 2)) }
        }
        func value(_ name: String) throws(Fault) -> String {
            guard let value = values(name).first else {
                throw Self.malformed(source, "its line '\(name):' is missing")
            }
            return value
        }
        func identity(_ heading: String) throws(Fault) -> AgeIdentity {
            guard let place = lines.firstIndex(where: { $0.hasPrefix(heading) }),
                place + 1 < lines.count
            else { throw Self.malformed(source, "an identity is missing") }
            return try AgeIdentity(secretText: lines[place + 1])
        }
        guard let vault = Digest256(hexadecimal: try value("vault")),
            let key = Hexadecimal.decode(try value("operator-key")),
            let wayOut = Digest256(hexadecimal: try value("recover.py").dropFirst(7)),
            let made = Instant(rfc3339: try value("made"))
        else { throw Self.malformed(source, "one of its fields is damaged") }
        let after = lines.drop { $0 != Self.begin }.dropFirst()
        self.init(
            stack: try value("stack"),
            environment: try value("environment"),
            host: try value("host"),
            vault: vault,
            copies: values("copy"),
            operatorKey: try SigningKey(secretBytes: key),
            dataIdentity: try identity(Self.dataHeading),
            secretsIdentity: try identity(Self.secretsHeading),
            program: String(try value("program").dropFirst("lifeboat ".count)),
            wayOut: wayOut,
            made: made,
            configuration: after.prefix { $0 != Self.end }.map { $0 + "\n" }.joined()
        )
        guard operatorKey.verifyKey.digest == vault else {
            throw Self.malformed(source, "its operator key and its vault do not belong together")
        }
    }

    private static func malformed(_ source: String, _ fact: String) -> Fault {
        Fault(
            .kitForm,
            "unable to read recovery kit '\(source)': \(fact)",
            hints: ["A kit is the text that `lifeboat init` wrote; it begins with '# \(title)'."]
        )
    }
}
