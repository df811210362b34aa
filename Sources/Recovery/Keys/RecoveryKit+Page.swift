internal import Model
internal import Sealing

extension RecoveryKit {
    private static let opening = "<!DOCTYPE html>"
    private static let kitMark = "<pre id=\"kit\">"

    /// The kit as one HTML file that needs nothing else, made to be printed on A4; unless it is
    /// sealed, it is a secret.
    ///
    /// Its last part is the text of the kit, so that programs take the page as they take the text.
    public var page: String {
        """
        \(Self.opening)
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="referrer" content="no-referrer">
        <title>Lifeboat recovery kit: \(HTMLText.escaped("\(stack) (\(environment))"))</title>
        <style>
        \(KitStyle.text)
        </style>
        </head>
        <body>
        \(heading)
        \(keySection)
        \(factSection)
        \(KitGuide(self).sections.map(Self.html).joined(separator: "\n"))
        \(appendix)
        </body>
        </html>

        """
    }

    /// The text of the kit in a printed page; nil when there is none.
    static func page(in text: String) -> String? {
        guard text.hasPrefix(opening), let start = text.firstRange(of: kitMark)?.upperBound else {
            return nil
        }
        let rest = text[start...]
        guard let end = rest.firstRange(of: "</pre>")?.lowerBound else { return nil }
        return HTMLText.unescaped(rest[..<end])
    }

    private var heading: String {
        let holder =
            isSealed
            ? "Whoever holds this page and knows its passphrase can read every backup of this stack."
            : "Whoever holds this page can read every backup of this stack."
        return """
            <header>
            <p class="kind">Lifeboat recovery kit</p>
            <h1>\(HTMLText.escaped(stack)) <small>(\(HTMLText.escaped(environment)))</small></h1>
            <p class="warning"><strong>\(holder) Without it, nobody can.</strong>
            Print it and keep it in a safe place away from the host. Test it twice a year:
            \(Self.command("lifeboat key kit --test THIS-FILE"))</p>
            </header>
            """
    }

    private var keySection: String {
        let lines: String
        switch keys {
        case .open(let keys):
            lines = """
                <h3>Data identity: opens everything but secrets</h3>
                \(Self.typed(keys.dataIdentity.secretText, groups: 6))
                <h3>Secrets identity: opens secrets</h3>
                \(Self.typed(keys.secretsIdentity.secretText, groups: 6))
                <h3>Operator key: enrols hosts</h3>
                \(Self.typed(Hexadecimal.encode(keys.operatorKey.secretBytes), groups: 8))
                <p>Only this paper is left? Type both identities into a text file, each as one line
                without spaces. An error in typing is noticed.</p>
                """
        case .sealed(let file):
            let rows = AgeArmor.encode(file).split(separator: "\n")
            lines = """
                <h3>All keys, sealed with a passphrase that is not written here</h3>
                <div class="long">
                \(rows.map { Self.typed($0, groups: 8) }.joined(separator: "\n"))
                </div>
                <p>Only this paper is left? Type these lines into a text file, without the gaps.</p>
                <p class="line">Where the passphrase is kept:</p>
                """
        }
        return "<section>\n<h2>The key</h2>\n\(lines)\n</section>"
    }

    private var factSection: String {
        let rows =
            copies.map { ("copy", $0) } + [
                ("vault id", "\(vault)"), ("hash of recover.py (SHA-256)", "\(wayOut)"),
                ("host", host), ("program", "lifeboat \(program)"),
                ("made", made.rfc3339()),
            ]
        let html = rows.map { name, value in
            "<tr><th>\(name)</th><td>\(HTMLText.escaped(value))</td></tr>"
        }
        return """
            <section>
            <h2>Where the backups are</h2>
            <table>
            \(html.joined(separator: "\n"))
            </table>
            </section>
            """
    }

    private var appendix: String {
        """
        <section class="appendix">
        <h2>The kit as programs read it</h2>
        <p>Lifeboat and recover.py take this page as a file; for other programs copy the lines below
        into a text file. The configuration of the stack stands at their end.</p>
        \(Self.kitMark)\(HTMLText.escaped(text))</pre>
        </section>
        """
    }

    /// A line that a person has to type, in groups that the eye can hold.
    private static func typed(_ line: some StringProtocol, groups: Int) -> String {
        var rest = Substring(line)
        if rest.hasPrefix("-----") {
            return "<p class=\"key\"><span>\(HTMLText.escaped(rest))</span></p>"
        }
        var spans = ""
        if rest.hasPrefix("AGE-SECRET-KEY-1") {
            spans = "<span>AGE-SECRET-KEY-1</span>"
            rest = rest.dropFirst(16)
        }
        while !rest.isEmpty {
            spans += "<span>\(HTMLText.escaped(rest.prefix(groups)))</span>"
            rest = rest.dropFirst(groups)
        }
        return "<p class=\"key\">\(spans)</p>"
    }

    /// A command, in which no word that stands for another is broken.
    private static func command(_ text: String) -> String {
        "<code>\(HTMLText.escaped(text).replacing("THIS-FILE", with: "<b>THIS-FILE</b>"))</code>"
    }

    private static func html(_ section: KitGuide.Section) -> String {
        let step = { (step: KitGuide.Step) in
            HTMLText.escaped(step.words) + (step.command.map { "<br>\(command($0))" } ?? "")
        }
        return """
            <section>
            <h2>\(HTMLText.escaped(section.title))</h2>
            <p>\(HTMLText.escaped(section.before))</p>
            <ol>
            \(section.steps.map { "<li>\(step($0))</li>" }.joined(separator: "\n"))
            </ol>
            \(section.after.map { "<p>\(step($0))</p>" }.joined(separator: "\n"))
            </section>
            """
    }
}
