import Model
import StackConfiguration

/// What the tests of this target share.
enum Samples {
    static let recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
    static let other = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg"

    static let whole = """
        version: 1
        stack: call-center
        environment: prod
        state: /srv/lifeboat
        host: db1
        keys:
          recipients: [\(recipient), \(other)]
          identity: {file: /etc/lifeboat/prod.identity}
          kit_tested_within: 90d
        objectives: {copies: 3-2-1-1-0}
        copies:
          - {name: local, url: file:///backup/lifeboat, site: dc1, limit: 80MiB/s}
          - name: b2
            url: s3://cc-backup/prod/
            endpoint: https://s3.eu-central-003.example.com
            region: eu-central-003
            path_style: true
            ca: /etc/ssl/b2.pem
            credentials: {file: /run/secrets/b2}
            lock: {mode: compliance, for: 30d}
            site: b2-eu
          - {name: cold, url: s3://cc-archive/prod, storage_class: GLACIER_IR, every: 7d, keep: {monthly: 24, yearly: 7}}
          - {name: usb, url: file:///media/usb/lifeboat, medium: optical, offline: true, every: 30d, keep: forever}
        components:
          postgres:
            kind: postgresql
            dsn: "host=/run/postgresql dbname=callcenter"
            user: lifeboat
            password: {file: /run/secrets/pg}
            data_directory: /var/lib/postgresql/15/main
            binaries: /usr/lib/postgresql/15/bin
            method: direct
            migration: [alembic, current]
            wal: {stream: true, slot: boat, heartbeat: 250ms, keep: 7d, durable_in: every_copy, spool: /srv/spool, spool_limit: 4GiB}
            base: {keep: {daily: 30, weekly: 8, monthly: 12}, connections: 8, limit: 200MiB/s, busy: {sessions: 32, wait: 50ms}}
          redis:
            kind: redis
            address: "rediss://127.0.0.1:6379"
            user: lifeboat
            password: {env: REDIS_PASSWORD}
            directory: /var/lib/redis
            appendonly: false
            tls: {ca: /etc/ca.pem, certificate: /etc/own.pem, key: /etc/own.key, server_name: cache}
            prefer_replica: true
            log: {stream: false, keep: 2d, durable_in: every_copy, server: /opt/redis-server}
            keep: {last: 3, hourly: 24, yearly: 1}
          uploads: {kind: files, paths: [/srv/uploads], include: ["*.jpg"], exclude: ["*.tmp"]}
          config:
            kind: configuration
            path: /opt/app
            include: [compose.yml, grafana/]
            exclude: [node_modules/]
            remote: {url: "git@git.example.com:ops/app.git", key: {file: /run/secrets/git_key}}
          secrets: {kind: secrets, paths: [/opt/.env], recipients: [\(other)], keep: forever}
        compose: {project: call-center, engine: unix:///run/podman/podman.sock}
        services:
          postgres: {compose: postgres}
          api: {compose: call-processor, healthy_within: 5m}
          proxy: {container: front, after: [api]}
          cron: {systemd: cc-cron.timer, after: [postgres, redis]}
          worker: {start: [/srv/w, start], stop: [/srv/w, stop], status: [/srv/w, status], after: [api]}

        """

    static let small = """
        version: 1
        stack: shop
        environment: staging
        keys: {recipients: [\(recipient)]}
        copies: [{name: nas, url: "file:///mnt/nas"}]
        components:
          postgres: {kind: postgresql, dsn: "service=shop"}
          secrets: {kind: secrets, paths: [/srv/.env]}

        """

    static func decode(
        _ text: String,
        _ environment: [String: String] = [:]
    ) throws(Fault) -> StackConfiguration {
        try StackConfiguration.decode(
            text,
            file: "lifeboat.yaml",
            environment: environment,
            machine: "box"
        ).configuration
    }

    /// The fault of a text; nil when it decodes.
    static func fault(_ text: String, _ environment: [String: String] = [:]) -> Fault? {
        do throws(Fault) {
            _ = try decode(text, environment)
            return nil
        } catch {
            return error
        }
    }

    /// The small sample with one part replaced.
    static func small(_ part: String, _ replacement: String) -> String {
        precondition(small.contains(part), "the sample holds what is replaced")
        guard let range = small.firstRange(of: part) else { return small }
        return small.replacingCharacters(in: range, with: replacement)
    }
}

extension String {
    fileprivate func firstRange(of part: String) -> Range<String.Index>? {
        ranges(of: part).first
    }

    fileprivate func replacingCharacters(
        in range: Range<String.Index>,
        with text: String
    ) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
