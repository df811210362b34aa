import Foundation
import PostgresProtection
import TestKit
import Testing

/// What servers differ in, and how one is read: a cell of the matrix that backups are tested in.
///
/// `make test` runs ``sample``, in which every pair of values meets; `make soak` runs ``all``.
struct ClusterShape: Sendable, Hashable, CustomTestStringConvertible {
    let edition: PostgresEdition
    let segmentMegabytes: Int
    let checksums: Bool
    let method: PostgresSettings.Method
    let hasTablespace: Bool

    init(
        _ edition: PostgresEdition,
        segment: Int,
        checksums: Bool,
        _ method: PostgresSettings.Method,
        tablespace: Bool
    ) {
        self.edition = edition
        segmentMegabytes = segment
        self.checksums = checksums
        self.method = method
        hasTablespace = tablespace
    }

    var testDescription: String {
        "\(edition), segments of \(segmentMegabytes) MiB, checksums \(checksums ? "on" : "off"), "
            + "\(method.rawValue), \(hasTablespace ? "a" : "no") tablespace"
    }

    static let segments = [1, 16, 64]
    static let methods = [PostgresSettings.Method.direct, .sql, .replication]

    /// Every cell.
    static let all: [ClusterShape] = PostgresEdition.allCases.flatMap { edition in
        segments.flatMap { segment in
            methods.flatMap { method in
                [false, true].flatMap { checksums in
                    [false, true].map { tablespace in
                        ClusterShape(
                            edition,
                            segment: segment,
                            checksums: checksums,
                            method,
                            tablespace: tablespace
                        )
                    }
                }
            }
        }
    }

    /// Few cells in which every two values of different kinds meet; `ClusterShapeTests` proves it.
    static let sample = [
        ClusterShape(.v15, segment: 16, checksums: true, .direct, tablespace: false),
        ClusterShape(.v15, segment: 1, checksums: false, .replication, tablespace: true),
        ClusterShape(.v15, segment: 64, checksums: false, .sql, tablespace: true),
        ClusterShape(.v16, segment: 16, checksums: true, .sql, tablespace: true),
        ClusterShape(.v16, segment: 1, checksums: false, .replication, tablespace: false),
        ClusterShape(.v16, segment: 64, checksums: false, .direct, tablespace: true),
        ClusterShape(.v17, segment: 1, checksums: true, .sql, tablespace: false),
        ClusterShape(.v17, segment: 16, checksums: false, .replication, tablespace: false),
        ClusterShape(.v17, segment: 64, checksums: false, .direct, tablespace: true),
        ClusterShape(.v18, segment: 1, checksums: true, .direct, tablespace: true),
        ClusterShape(.v18, segment: 16, checksums: false, .sql, tablespace: false),
        ClusterShape(.v18, segment: 64, checksums: true, .replication, tablespace: false),
    ]

    /// What each kind of difference is here.
    var values: [String] {
        [
            "\(edition)", "\(segmentMegabytes) MiB", "checksums \(checksums)", method.rawValue,
            "tablespace \(hasTablespace)",
        ]
    }

    /// A server of this shape that runs, with what ``SchemaChurn`` changes.
    func start(settings: [String: String]) throws -> PostgresServer {
        let server = try PostgresServer.make(
            checksums: checksums,
            settings: settings,
            initdb: ["--wal-segsize=\(segmentMegabytes)"]
                + (checksums ? [] : edition.withoutChecksums),
            binaries: edition.binaries
        )
        try server.start()
        if hasTablespace {
            let outside = server.root.appending(path: "space")
            try FileManager.default.createDirectory(
                at: outside,
                withIntermediateDirectories: true
            )
            try server.own(outside)
            try server.psql("create tablespace space location '\(outside.path)'")
        }
        try SchemaChurn.prepare(server, space: space)
        return server
    }

    /// The name of its tablespace; nil when it has none.
    var space: String? { hasTablespace ? "space" : nil }
}
