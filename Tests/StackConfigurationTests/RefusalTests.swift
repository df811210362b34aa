import Model
import StackConfiguration
import Testing

@Suite struct RefusalTests {
    @Test(arguments: [
        ("stack: shop", "stac: shop", "E-CONFIG-INVALID", "Did you mean 'stack'?"),
        ("stack: shop", "stack: shop\nstack: shop", "E-CONFIG-DUPLICATE-KEY", "Keep one"),
        ("stack: shop", "stack: shop\n\"stack\": shop", "E-CONFIG-DUPLICATE-KEY", "Keep one"),
        ("stack: shop", "stack: [shop]", "E-CONFIG-TYPE", ""),
        ("stack: shop", "stack:", "E-CONFIG-TYPE", ""),
        ("stack: shop", "stack: Shop", "E-CONFIG-VALUE", "a-z"),
        ("stack: shop", "stack: shop\ndrills: []", "E-CONFIG-UNKNOWN-KEY", "The keys here are"),
        ("stack: shop\n", "", "E-CONFIG-MISSING-KEY", ""),
        ("version: 1", "version: 2", "E-CONFIG-VALUE", ""),
        ("stack: shop", "stack: $", "E-CONFIG-INTERPOLATION", "$$"),
        ("stack: shop", "stack: ${S:?name the stack}", "E-CONFIG-INTERPOLATION", "name the stack"),
        ("stack: shop", "stack: 'shop", "E-CONFIG-SYNTAX", ""),
        ("stack: shop", "state: var\nstack: shop", "E-CONFIG-VALUE", "'/'"),
        ("stack: shop", "state: /a/../b\nstack: shop", "E-CONFIG-VALUE", ""),
        ("\"service=shop\"", "\"nonsense\"", "E-CONFIG-VALUE", "keywords"),
        ("\"service=shop\"", "a=b, wal: {heartbeat: 10}", "E-CONFIG-VALUE", "unit"),
        ("\"service=shop\"", "a=b, wal: {heartbeat: 0s}", "E-CONFIG-VALUE", "above zero"),
        ("\"service=shop\"", "a=b, base: {connections: 17}", "E-CONFIG-VALUE", "from 1 to 16"),
        ("\"service=shop\"", "a=b, base: {connections: 0}", "E-CONFIG-VALUE", "from 1 to 16"),
        ("\"service=shop\"", "a=b, base: {limit: 200}", "E-CONFIG-VALUE", "40MiB/s"),
        ("\"service=shop\"", "a=b, base: {busy: {wait: 50}}", "E-CONFIG-VALUE", "unit"),
        ("\"service=shop\"", "a=b, method: sq", "E-CONFIG-VALUE", "'sql'"),
        ("\"service=shop\"", "a=b, wal: {stream: yes}", "E-CONFIG-VALUE", ""),
        ("\"service=shop\"", "a=b, wal: {spool: var}", "E-CONFIG-VALUE", "'/'"),
        ("\"service=shop\"", "a=b, wal: {spool_limit: 4}", "E-CONFIG-VALUE", "4GiB"),
        ("\"service=shop\"", "a=b, wal: {slot: A-b}", "E-CONFIG-VALUE", "a-z"),
        ("\"service=shop\"", "a=b, method: driect", "E-CONFIG-VALUE", "Did you mean 'direct'?"),
        ("\"service=shop\"", "a=b, method: fast", "E-CONFIG-VALUE", ""),
        ("\"service=shop\"", "a=b, password: {}", "E-CONFIG-SECRET", "{env: NAME}"),
        ("\"service=shop\"", "a=b, password: {env: A, file: /b}", "E-CONFIG-SECRET", ""),
        ("\"service=shop\"", "a=b, password: {flie: /b}", "E-CONFIG-UNKNOWN-KEY", "'file'"),
        ("kind: secrets", "kind: secret", "E-CONFIG-VALUE", "Did you mean 'secrets'?"),
        ("kind: secrets, ", "", "E-CONFIG-MISSING-KEY", "kind: postgresql"),
        ("paths: [/srv/.env]", "paths: []", "E-CONFIG-VALUE", "at least one"),
        ("secrets: {", "Secrets: {", "E-CONFIG-VALUE", "a-z"),
        (
            "kind: secrets, paths: [/srv/.env]",
            "kind: redis, address: \"redis://h\", tls: {ca: /c}", "E-CONFIG-VALUE", "rediss://"
        ),
        (
            "kind: secrets, paths: [/srv/.env]",
            "kind: redis, address: \"rediss://h\", tls: {key: /k}", "E-CONFIG-VALUE", "both"
        ),
        (
            "kind: secrets, paths: [/srv/.env]",
            "kind: redis, address: \"rediss://h\", tls: {cafile: /k}", "E-CONFIG-UNKNOWN-KEY",
            ""
        ),
    ])
    func `what is wrong is named`(part: String, replacement: String, id: String, hint: String) {
        let fault = Samples.fault(Samples.small(part, replacement))
        #expect(fault?.code.id == id)
        #expect(fault?.code.exit == .usage)
        #expect(fault?.message.hasPrefix("unable to read configuration 'lifeboat.yaml") == true)
        #expect(hint.isEmpty || fault?.hints.contains { $0.contains(hint) } == true)
    }

    @Test(arguments: [
        ("{}", "E-CONFIG-SERVICES", "Give one of"),
        ("{compose: web}", "E-CONFIG-SERVICES", "docker compose ls"),
        ("{compose: web, container: web}", "E-CONFIG-INVALID", "Give one of"),
        (
            "{systemd: web.service, start: [a], stop: [b], status: [c]}", "E-CONFIG-SERVICES",
            "together"
        ),
        ("{start: [a], stop: [b]}", "E-CONFIG-SERVICES", "together"),
        ("{stop: [b]}", "E-CONFIG-SERVICES", "together"),
        ("{start: [], stop: [b], status: [c]}", "E-CONFIG-VALUE", "at least one"),
        ("{start: a, stop: [b], status: [c]}", "E-CONFIG-TYPE", ""),
        ("{systemd: web}", "E-CONFIG-VALUE", "shop-web.service"),
        ("{systemd: -web.service}", "E-CONFIG-VALUE", "shop-web.service"),
        ("{systemd: a/b.service}", "E-CONFIG-VALUE", "shop-web.service"),
        ("{container: web, after: [postgers]}", "E-CONFIG-SERVICES", "Did you mean 'postgres'?"),
        ("{container: web, healthy_within: 5}", "E-CONFIG-VALUE", "unit"),
        ("{contaner: web}", "E-CONFIG-INVALID", "Did you mean 'container'?"),
        ("web", "E-CONFIG-TYPE", ""),
    ])
    func `what is wrong with services is named`(service: String, id: String, hint: String) {
        let fault = Samples.fault(Samples.small + "services:\n  web: \(service)\n")
        #expect(fault?.code.id == id)
        #expect(hint.isEmpty || fault?.hints.contains { $0.contains(hint) } == true)
    }

    @Test(arguments: [
        "services: []", "services: {Web: {container: a}}", "compose: {project: A}",
        "compose: {}", "compose: {project: a, engine: /run/docker.sock}",
        "compose: {project: a, engine: \"tcp://me@host:1\"}",
    ])
    func `a part of a wrong form is refused`(part: String) {
        #expect(Samples.fault(Samples.small + part + "\n") != nil)
    }

    @Test(arguments: [
        ("[{name: nas, url: \"file:///mnt/nas\"}]", "[]", "E-CONFIG-COPIES", "Give one"),
        ("file:///mnt/nas", "ftp://bucket/x", "E-CONFIG-VALUE", "s3://bucket/prefix"),
        ("file:///mnt/nas", "s3://b/x", "E-CONFIG-VALUE", "s3://bucket/prefix"),
        ("file:///mnt/nas", "s3://bucket//x", "E-CONFIG-VALUE", "labels"),
        ("file:///mnt/nas", "s3://bucket/.x", "E-CONFIG-VALUE", "labels"),
        ("\"}]", "\", medium: tpae}]", "E-CONFIG-VALUE", "Did you mean 'tape'?"),
        ("\"}]", "\", evry: 7d}]", "E-CONFIG-UNKNOWN-KEY", "Did you mean 'every'?"),
        ("\"}]", "\", every: 7d}]", "E-CONFIG-COPIES", "Leave 'every' out"),
        ("\"}]", "\", offline: true}]", "E-CONFIG-COPIES", "every: 7d"),
        ("\"}]", "\", region: x}]", "E-CONFIG-COPIES", "s3://bucket/prefix"),
        ("\"}]", "\", lock: {mode: compliance, for: 1d}}]", "E-CONFIG-COPIES", "s3://"),
        ("\"}]", "\", limit: 40MiB}]", "E-CONFIG-VALUE", "40MiB/s"),
        ("\"}]", "\", limit: 0MiB/s}]", "E-CONFIG-VALUE", "40MiB/s"),
        ("\"}]", "\", keep: {}}]", "E-CONFIG-VALUE", "daily: 30"),
        ("\"}]", "\", keep: {dialy: 3}}]", "E-CONFIG-UNKNOWN-KEY", "Did you mean 'daily'?"),
        ("\"}]", "\", keep: {daily: 0}}]", "E-CONFIG-VALUE", "from 1"),
        ("\"}]", "\", keep: {daily: -1}}]", "E-CONFIG-VALUE", "from 1"),
        ("\"}]", "\", keep: for-ever}]", "E-CONFIG-VALUE", "Did you mean 'forever'?"),
        ("\"}]", "\", keep: [3]}]", "E-CONFIG-TYPE", ""),
        ("\"}]", "\"}, {name: nas, url: \"file:///b\"}]", "E-CONFIG-COPIES", "Rename"),
        ("\"}]", "\"}, {name: b, url: \"file:///mnt/nas/\"}]", "E-CONFIG-COPIES", "own"),
        ("\"}]", "\"}, {name: b, url: \"file:///mnt\"}]", "E-CONFIG-COPIES", "own"),
        ("\"}]", "\"}, {name: b, url: \"file:///mnt/nas/b\"}]", "E-CONFIG-COPIES", "own"),
        ("file:///mnt/nas\"", "s3://bbb\", lock: {mode: x, for: 1d}", "E-CONFIG-VALUE", "none of"),
        ("file:///mnt/nas\"", "s3://bbb\", lock: {for: 1d}", "E-CONFIG-MISSING-KEY", "compliance"),
        (
            "file:///mnt/nas\"", "s3://bbb\", credentials: {fil: /x}", "E-CONFIG-UNKNOWN-KEY",
            "'file'"
        ),
        ("file:///mnt/nas\"", "s3://bbb\", credentials: AKIA", "E-CONFIG-SECRET", "{env: NAME}"),
        ("file:///mnt/nas\"", "s3://bbb\", endpoint: s3.example.com", "E-CONFIG-VALUE", "https://"),
        ("file:///mnt/nas\"", "s3://bbb\", endpoint: https://a/b", "E-CONFIG-VALUE", "https://"),
        ("file:///mnt/nas\"", "s3://bbb\", ca: x.pem", "E-CONFIG-VALUE", "'/'"),
        ("file:///mnt/nas\"", "s3://bbb\", offline: true, every: 7d", "E-CONFIG-COPIES", "Leave"),
        ("stack: shop", "stack: shop\nobjectives: {copies: 3-1-2}", "E-CONFIG-VALUE", "3-2-1"),
        ("[/srv/.env]", "[/srv/.env], keep: {weekly: x}", "E-CONFIG-VALUE", "whole number"),
        ("\"service=shop\"", "a=b, keep: {daily: 1}", "E-CONFIG-UNKNOWN-KEY", ""),
        ("\"service=shop\"", "a=b, base: {keep: ever}", "E-CONFIG-VALUE", "forever"),
        ("\"service=shop\"", "a=b, wal: {keep: 7}", "E-CONFIG-VALUE", "unit"),
    ])
    func `what is wrong with copies and with what they keep is named`(
        part: String,
        replacement: String,
        id: String,
        hint: String
    ) {
        let fault = Samples.fault(Samples.small(part, replacement))
        #expect(fault?.code.id == id, "\(fault?.description ?? "none")")
        #expect(fault?.message.contains("'lifeboat.yaml:") == true)
        #expect(hint.isEmpty || fault?.description.contains(hint) == true)
    }

    @Test func `a contradiction within a copy has its line and column`() {
        let fault = Samples.fault(
            Samples.small("\"}]", "\"}, {name: usb, url: \"file:///usb\",\n  ca: /x}]")
        )
        #expect(
            fault?.message
                == "unable to read configuration 'lifeboat.yaml:6:3': 'copies[1].ca' is for a bucket, "
                + "and this copy is a directory"
        )
    }

    @Test func `a problem has its line and column`() {
        let fault = Samples.fault(Samples.small("service=shop\"", "service=shop\", methd: auto"))
        #expect(
            fault?.message
                == "unable to read configuration 'lifeboat.yaml:7:53': unknown key 'methd' in "
                + "'components.postgres'"
        )
        #expect(fault?.hints == ["Did you mean 'method'?"])
    }

    @Test(arguments: ["/srv/a, /srv/a/b", "/srv/a/, /srv/a", "/srv/a/b, /srv/./a"])
    func `one path inside another is refused with its place`(paths: String) {
        let part = "kind: postgresql, dsn: \"service=shop\""
        let fault = Samples.fault(Samples.small(part, "kind: files, paths: [\(paths)]"))
        #expect(
            fault?.message.contains("'components.postgres.paths[1]' overlaps with another path")
                == true
        )
        #expect(Samples.fault(Samples.small(part, "kind: files, paths: [/srv/a, /srv/ab]")) == nil)
    }

    @Test func `all problems are reported together in the order of the file`() {
        let text = """
            version: 1
            stak: shop
            environment: Prod
            keys: {recipients: []}
            copies: {}
            components: {a: {kind: files, paths: x}}
            """
        let fault = Samples.fault(text)
        #expect(fault?.code.id == "E-CONFIG-INVALID")
        #expect(fault?.message.hasSuffix("6 problems") == true)
        let places = fault?.hints.map { $0.prefix { $0 != " " } }
        #expect(
            places == [
                "lifeboat.yaml:1:1:", "lifeboat.yaml:2:1:", "lifeboat.yaml:3:14:",
                "lifeboat.yaml:4:20:", "lifeboat.yaml:5:9:", "lifeboat.yaml:6:38:",
            ]
        )
    }

    @Test(arguments: [
        ("\"service=shop\"", "\"host=x password=hunter2\""),
        ("\"service=shop\"", "\"host=x PASSWORD = hunter2\""),
        ("\"service=shop\"", "\"postgresql://u:hunter2@h/db\""),
        ("\"service=shop\"", "\"host=x scram_client_key=hunter2\""),
        ("\"service=shop\"", "\"postgresql://h/db?password=hunter2\""),
        ("\"service=shop\"", "\"postgresql://h/db?pass%77ord=hunter2\""),
        ("\"service=shop\"", "\"postgresql://h/db?x=${PW}&password=${PW}\""),
        ("\"service=shop\"", "\"a=b\", password: hunter2"),
        ("\"service=shop\"", "\"a=b\", password: ${PW}"),
        ("\"service=shop\"", "\"a=b\", password: {file: hunter2, env: A}"),
        ("stack: shop", "stack: \"${PW}!\""),
        ("kind: postgresql, dsn: \"service=shop\"", "kind: redis, address: \"redis://:hunter2@h\""),
        ("[\(Samples.recipient)]", "[AGE-SECRET-KEY-1HUNTER2]"),
        ("[\(Samples.recipient)]", "[hunter2]"),
        ("file:///mnt/nas", "s3://key:hunter2@bucket/x"),
        ("file:///mnt/nas\"", "s3://bbb\", endpoint: \"https://key:hunter2@host\""),
        ("file:///mnt/nas\"", "s3://bbb\", credentials: hunter2"),
    ])
    func `a secret is refused and never shown`(part: String, replacement: String) {
        let fault = Samples.fault(Samples.small(part, replacement), ["PW": "hunter2"])
        let shown = (fault?.description ?? "").lowercased()
        #expect(fault != nil)
        // A path is shown where a path belongs, so that one case may name the file.
        let isPath = replacement.contains("file: hunter2")
        #expect(isPath || !shown.contains("hunter2"))
    }

    @Test func `hostile YAML is refused at little cost`() {
        let large = Samples.fault(String(repeating: "#", count: (1 << 20) + 1))
        #expect(large?.code.id == "E-CONFIG-LIMIT")
        let deep = Samples.fault("stack: " + String(repeating: "[", count: 100_000))
        #expect(deep?.code.id == "E-CONFIG-SYNTAX")
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...12 {
            let aliases = [String](repeating: "*a\(level - 1)", count: 10)
            bomb += "a\(level): &a\(level) [\(aliases.joined(separator: ","))]\n"
        }
        #expect(Samples.fault(bomb + "? *a12\n: x\n")?.code.id == "E-CONFIG-LIMIT")
        let colons = bomb.split(separator: "\n").joined(separator: "\n").replacing(
            "[*",
            with: "[ *"
        )
        #expect(Samples.fault(colons + "\n{*a12: x}")?.code.id == "E-CONFIG-LIMIT")
    }

    @Test(arguments: [
        "", "# nothing", "[]", "x", "--- 1\n--- 2", "? [a]\n: b", "*x", "\u{0}", "\t",
    ])
    func `any other text is a fault`(text: String) {
        #expect(Samples.fault(text)?.code.exit == .usage)
    }

    @Test func `the text cut anywhere is a fault or a configuration, never a crash`() {
        let text = Array(Samples.whole.utf8)
        var refused = 0
        for end in stride(from: 0, to: text.count, by: 3) {
            let cut = String(decoding: text[..<end], as: UTF8.self)
            if Samples.fault(cut) != nil { refused += 1 }
        }
        #expect(refused > text.count / 6)
    }

    @Test(arguments: [
        ("https://me:hunter2@git.example.com/x", "E-CONFIG-SECRET", "SSH takes 'key"),
        ("ext::sh -c true", "E-CONFIG-VALUE", "user@host:path"),
        ("-oProxyCommand=true:x", "E-CONFIG-VALUE", "user@host:path"),
        ("file:///srv/x.git", "E-CONFIG-VALUE", "absolute path"),
        ("relative/x.git", "E-CONFIG-VALUE", "absolute path"),
    ])
    func `an address of a repository runs nothing and holds no password`(
        url: String,
        code: String,
        hint: String
    ) {
        let part = "kind: secrets, paths: [/srv/.env]"
        let fault = Samples.fault(
            Samples.small(part, "kind: configuration, path: /srv, remote: {url: \"\(url)\"}")
        )
        #expect(fault?.code.id == code)
        #expect(fault?.hints.contains { $0.contains(hint) } == true)
        #expect(fault?.description.contains("hunter2") == false)
    }

    @Test(arguments: [
        "git@git.example.com:ops/x.git", "ssh://git@git.example.com/x", "https://git.example.com/x",
        "/srv/git/x.git",
    ])
    func `addresses of repositories as git writes them pass`(url: String) {
        let part = "kind: secrets, paths: [/srv/.env]"
        let fault = Samples.fault(
            Samples.small(part, "kind: configuration, path: /srv, remote: {url: \"\(url)\"}")
        )
        #expect(fault == nil)
    }
}
