import Model

// From an examined section to a copy, and to what is kept of snapshots; nothing can be wrong here any more.
extension CopyConfiguration {
    init(name: String, _ section: Section) {
        let lock = section.section("lock")
        self.init(
            name: name,
            address: Address(section),
            medium: section.text("medium").flatMap(Medium.init(rawValue:)),
            site: section.text("site"),
            lock: CopyLock(lock),
            limit: section.text("limit").flatMap(ScalarForm.rate),
            every: section.text("every").flatMap(ScalarForm.duration),
            keep: section.keep("keep"),
            isOffline: section.text("offline") == "true"
        )
    }
}

extension CopyConfiguration.Address {
    fileprivate init(_ section: Section) {
        let url = section.required("url")
        guard var bucket = BucketConfiguration(url: url) else {
            self = .directory(String(url.dropFirst("file://".count)))
            return
        }
        bucket.endpoint = section.text("endpoint")
        bucket.region = section.text("region")
        bucket.pathStyle = section.text("path_style").map { $0 == "true" }
        bucket.authorities = section.text("ca")
        bucket.credentials = section.secret("credentials")
        bucket.storageClass = section.text("storage_class")
        self = .bucket(bucket)
    }
}

extension CopyLock {
    fileprivate init?(_ section: Section) {
        guard let mode = section.text("mode").flatMap(Mode.init(rawValue:)),
            let period = section.text("for").flatMap(ScalarForm.duration)
        else { return nil }
        self.init(mode: mode, period: period)
    }
}

extension Section {
    /// The policy of a key of keep form; nil when it is left out.
    func keep(_ key: String) -> KeepPolicy? {
        switch values[key] {
        case .scalar: .everything
        case .section(let rules):
            KeepPolicy(
                last: rules.count("last"),
                hourly: rules.count("hourly"),
                daily: rules.count("daily"),
                weekly: rules.count("weekly"),
                monthly: rules.count("monthly"),
                yearly: rules.count("yearly")
            )
        default: nil
        }
    }

    private func count(_ key: String) -> Int { text(key).flatMap(ScalarForm.count) ?? 0 }
}
