/// A ledger as the file holds it.
///
/// ```
/// {"format":1,"services":[{"after":["db"],"name":"web","running":["shop-web-1"],"uses":["db"]}],"unfinished":["db"]}
/// ```
struct LedgerDocument: Codable {
    private struct Service: Codable {
        let name: String
        let after: [String]
        let uses: [String]
        let running: [String]
    }

    private let format: Int
    private let unfinished: [String]
    private let services: [Service]

    init(_ ledger: ServiceLedger) {
        format = 1
        unfinished = ledger.unfinished
        services = ledger.entries.map { entry in
            Service(
                name: entry.name,
                after: entry.node.after,
                uses: entry.node.uses,
                running: entry.running
            )
        }
    }

    /// The ledger; nil when the document is of another format, or names a service twice.
    var ledger: ServiceLedger? {
        guard format == 1, Set(services.map(\.name)).count == services.count else { return nil }
        return ServiceLedger(
            unfinished: unfinished,
            entries: services.map { service in
                ServiceLedger.Entry(
                    ServiceNode(name: service.name, after: service.after, uses: service.uses),
                    running: service.running
                )
            }
        )
    }
}
