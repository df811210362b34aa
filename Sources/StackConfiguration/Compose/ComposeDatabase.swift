/// How a database server of a compose project is reached and where its files are.
struct ComposeDatabase {
    let service: ComposeService
    /// The name of the component.
    let label: String
    let stack: String
    let file: ComposeFile
    private let trees: ComposeTrees
    /// The mount that holds its data, as a path of the host; nil when there is none.
    private(set) var claim: String?
    private(set) var unprotected: [ComposeProposal.Remark] = []
    private(set) var advice: [ComposeProposal.Remark] = []

    init(service: ComposeService, label: String, stack: String, proposal: ComposeProposal) {
        self.service = service
        self.label = label
        self.stack = stack
        file = proposal.file
        trees = ComposeTrees(
            file: proposal.file,
            around: proposal.around,
            project: proposal.project
        )
    }

    /// Where a server writes that there is no component for.
    var places: [String] {
        service.mounts.compactMap { mount in
            guard !mount.isReadOnly, let place = trees.place(of: mount),
                ComposeUse(of: mount, at: place) == .data
            else { return nil }
            return place
        }
    }

    /// A PostgreSQL cluster.
    mutating func postgres(major: Int?) -> PostgresConfiguration {
        let user = value(["POSTGRES_USER", "POSTGRESQL_USERNAME"]) ?? "postgres"
        let database = value(["POSTGRES_DB", "POSTGRESQL_DATABASE"]) ?? user
        let directory = dataDirectory(major)
        if directory == nil {
            unprotected.append(
                remark(
                    "its data lies in no volume that is named: it goes with the container, and a restore in place has no place; give it one"
                )
            )
        }
        let variables = ["POSTGRES_WAL_LEVEL", "POSTGRES_ARCHIVE_MODE", "POSTGRES_ARCHIVE_COMMAND"]
        let dead = variables.filter { value([$0]) != nil }
        if !dead.isEmpty, !service.image.contains("bitnami") {
            advice.append(
                remark(
                    "\(dead.joined(separator: ", ")): the image has no such variables, so nothing is archived; Lifeboat receives the log itself"
                )
            )
        }
        if user == "postgres" || value(["POSTGRES_USER"]) != nil {
            advice.append(
                remark(
                    "'\(user)' is its superuser; a role of its own is better: CREATE ROLE lifeboat LOGIN REPLICATION"
                )
            )
        }
        let host = host(of: 5432)
        return PostgresConfiguration(
            dsn: dsn("host=\(host.name) port=\(host.port)", database),
            user: user,
            password: password(
                ["POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD", "POSTGRESQL_POSTGRES_PASSWORD"],
                isOpen: value(["POSTGRES_HOST_AUTH_METHOD"]) == "trust"
            ),
            dataDirectory: directory,
            wal: WALConfiguration(
                slot: WALConfiguration.defaultSlot(of: stack),
                keep: .seconds(7 * 86_400)
            )
        )
    }

    /// The connection string for a database; for another one when its name would be taken for a password.
    private mutating func dsn(_ place: String, _ database: String) -> String {
        let isPlain = database.allSatisfy {
            $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-"
        }
        let quoted = database.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : "\($0)" }.joined()
        let dsn = "\(place) dbname=\(isPlain ? database : "'\(quoted)'")"
        if ScalarForm.dsn.complaint(about: dsn) == nil { return dsn }
        advice.append(remark("its database has a name that no `dsn:` may hold; postgres is named"))
        return "\(place) dbname=postgres"
    }

    /// A Redis server; nil for a mere cache.
    mutating func redis() -> RedisConfiguration? {
        guard let directory = place(of: ["/data", "/bitnami/redis/data", "/bitnami/valkey/data"])
        else {
            unprotected.append(
                remark(
                    "it has no volume, so it forgets everything with its container: taken for a cache"
                )
            )
            return nil
        }
        let host = host(of: 6379)
        return RedisConfiguration(
            address: .tcp(host: host.name, port: host.port, tls: false),
            password: redisPassword(),
            directory: directory
        )
    }

    private mutating func redisPassword() -> SecretReference? {
        let names = ["REDIS_PASSWORD", "VALKEY_PASSWORD"]
        guard let place = service.command.firstIndex(of: "--requirepass") else {
            return password(names, isOpen: true)
        }
        let words = service.command[(place + 1)...]
        guard let word = words.first else { return nil }
        if word.hasPrefix("$$"), let name = Self.variable(in: String(word.dropFirst())) {
            // A variable of the container.
            if let raw = service.rawEnvironment[name] { return reference(raw) }
            return environment(name)
        }
        if let variable = Self.variable(in: word) { return environment(variable) }
        // $(cat /run/secrets/NAME)
        let text = words.prefix(2).joined(separator: " ")
        if let secret = service.secrets.first(where: { text.contains("/run/secrets/\($0.target)") }
        ),
            let path = file.secretFiles[secret.key], ComposeTrees.isPath(path)
        {
            return .file(path)
        }
        return literal()
    }

    /// Where a port of the server is on the host.
    private mutating func host(of port: Int) -> (name: String, port: Int) {
        if service.isOnHostNetwork { return ("127.0.0.1", port) }
        if let found = service.ports.first(where: { $0.target == port }) {
            let isAny = ["0.0.0.0", "::", ""].contains(found.host ?? "")
            return (isAny ? "127.0.0.1" : found.host ?? "127.0.0.1", found.published)
        }
        advice.append(
            remark(
                "it cannot be reached from this host: publish its port to this host alone, ports: [\"127.0.0.1:\(port):\(port)\"]"
            )
        )
        return ("127.0.0.1", port)
    }

    /// Where its password is; nil when it asks for none.
    private mutating func password(_ names: [String], isOpen: Bool) -> SecretReference? {
        for name in names {
            guard let inside = value([name + "_FILE"]) else { continue }
            let target = inside.split(separator: "/").last.map(String.init) ?? ""
            let secret = service.secrets.first { $0.target == target }
            if let path = file.secretFiles[secret?.key ?? target], ComposeTrees.isPath(path) {
                return .file(path)
            }
            advice.append(
                remark("its password is in '\(inside)' within the container: name that file here")
            )
            return passwordFile
        }
        for name in names {
            guard let raw = service.rawEnvironment[name], !raw.isEmpty else { continue }
            return reference(raw)
        }
        let isRead = !isOpen || service.image.contains("bitnami")
        if isRead, let name = names.first(where: { service.fileEnvironment[$0] != nil }) {
            return environment(name)
        }
        guard !isOpen, !service.environmentFiles.isEmpty else { return nil }
        advice.append(
            remark("its password is in an env_file: name the file or variable under `password:`")
        )
        return nil
    }

    /// Where a value of the service's environment comes from.
    private mutating func reference(_ raw: String) -> SecretReference {
        if let variable = Self.variable(in: raw) { return environment(variable) }
        return literal()
    }

    private var passwordFile: SecretReference { .file("/etc/lifeboat/\(stack)-\(label).password") }

    /// A password that stands in the file itself.
    private mutating func literal() -> SecretReference {
        advice.append(
            remark(
                "its password stands in the compose file, of which a history is kept, and which is refused where it looks like a secret: write it into /etc/lifeboat/\(stack)-\(label).password (mode 0600), and let compose take it from .env"
            )
        )
        return passwordFile
    }

    private mutating func environment(_ variable: String) -> SecretReference {
        advice.append(
            remark(
                "its password is the variable \(variable): let Lifeboat's own environment have it, such as by EnvironmentFile= of its unit"
            )
        )
        return .environment(variable)
    }

    /// The variable that a value is made of; nil when it holds none.
    static func variable(in raw: String) -> String? {
        guard let dollar = raw.firstIndex(of: "$") else { return nil }
        let rest = raw[raw.index(after: dollar)...].drop { $0 == "{" }
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = name.first, !first.isNumber else { return nil }
        return String(name)
    }

    /// Where the data directory is on the host; nil when it is in no volume.
    private mutating func dataDirectory(_ major: Int?) -> String? {
        // From 18 on the image keeps each version in a folder of its own, with the volume above it.
        let usual =
            (major ?? 0) >= 18
            ? "/var/lib/postgresql/\(major ?? 18)/docker" : "/var/lib/postgresql/data"
        let isBitnami = service.image.contains("bitnami")
        let inside = value(["PGDATA"]) ?? (isBitnami ? "/bitnami/postgresql/data" : usual)
        return place(of: [inside])
    }

    /// Where the first of some paths of the container is on the host, itself or in a folder above; nil when none is.
    private mutating func place(of paths: [String]) -> String? {
        for path in paths {
            let mounts = service.mounts.filter { ComposeTrees.holds($0.target, path) }
            guard let mount = mounts.max(by: { $0.target.count < $1.target.count }) else {
                continue
            }
            guard let root = trees.place(of: mount) else { continue }
            let place = root + path.dropFirst(mount.target.count)
            guard ComposeTrees.isPath(place) else { continue }
            claim = root
            return place
        }
        return nil
    }

    private func value(_ names: [String]) -> String? {
        names.lazy.compactMap { service.environment[$0] ?? service.fileEnvironment[$0] }
            .first { ScalarForm.text.complaint(about: $0) == nil }
    }

    private func remark(_ fact: String) -> ComposeProposal.Remark {
        ComposeProposal.Remark(subject: "service \(service.name)", fact: fact)
    }
}
