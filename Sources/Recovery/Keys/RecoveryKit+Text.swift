public import Model
internal import Sealing

extension RecoveryKit {
    static let title = "LIFEBOAT RECOVERY KIT"
    static let begin = "----- BEGIN lifeboat.yaml -----"
    static let end = "----- END lifeboat.yaml -----"

    /// Whether a text is a kit: its text, or its printed page.
    public static func isKit(_ text: String) -> Bool {
        text.hasPrefix("# \(title)") || page(in: text) != nil
    }

    /// The kit as text, for its file and the terminal of the person who makes it; unless it is
    /// sealed, it is a secret.
    public var text: String {
        KitLines.commented(facts) + keyText + KitLines.commented(rest)
    }

    /// The keys as they stand in the text.
    private var keyText: String {
        switch keys {
        case .open(let keys): keys.text
        case .sealed(let file):
            KitLines.commented("The keys, sealed with a passphrase that is not written here\n")
                + AgeArmor.encode(file)
        }
    }

    private var facts: String {
        let holder =
            isSealed
            ? "Whoever holds this and knows its passphrase can read every backup of this stack."
            : "Whoever holds this can read every backup of this stack."
        return """
            \(Self.title): \(stack) (\(environment))

            \(holder) Without it, nobody can.
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


            """
    }

    private var rest: String {
        """

        \(KitGuide(self).text)

        \(Self.begin)
        \(configuration)\(Self.end)

        """
    }

    /// Reads a kit again: its text, or its printed page; no passphrase is needed for that.
    ///
    /// - Parameters:
    ///   - text: the text.
    ///   - source: what messages call the file.
    /// - Throws: `E-KIT-FORM` naming what is missing, `E-KEY-FORM`, `E-SEAL-BROKEN`; nothing of the
    ///   text is repeated.
    public init(parsing text: String, source: String) throws(Fault) {
        let text = Self.page(in: text) ?? text
        let lines = KitLines(text, source: source)
        guard lines.first.hasPrefix(Self.title) else {
            throw lines.malformed("it does not begin as one does")
        }
        guard let vault = Digest256(hexadecimal: try lines.value("vault")),
            let wayOut = Digest256(hexadecimal: try lines.value("recover.py").dropFirst(7)),
            let made = Instant(rfc3339: try lines.value("made"))
        else { throw lines.malformed("one of its fields is damaged") }
        self.init(
            stack: try lines.value("stack"),
            environment: try lines.value("environment"),
            host: try lines.value("host"),
            vault: vault,
            copies: lines.values("copy"),
            keys: try Self.keys(in: text, lines),
            program: String(try lines.value("program").dropFirst("lifeboat ".count)),
            wayOut: wayOut,
            made: made,
            configuration: lines.text(between: Self.begin, and: Self.end)
        )
        if case .open(let keys) = keys, keys.operatorKey.verifyKey.digest != vault {
            throw lines.malformed("its operator key and its vault do not belong together")
        }
    }

    private static func keys(in text: String, _ lines: KitLines) throws(Fault) -> Keys {
        guard let file = try AgeArmor.find(in: text) else { return .open(try KitKeys(lines)) }
        return .sealed(file)
    }
}
