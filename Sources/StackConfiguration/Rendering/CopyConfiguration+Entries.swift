import Model

extension CopyConfiguration {
    /// The keys of a copy with their values as YAML; nil where the default says the same.
    var entries: [(String, String?)] {
        var entries: [(String, String?)] = [
            ("name", YAMLText.scalar(name)),
            ("url", YAMLText.scalar(address.description)),
        ]
        if case .bucket(let bucket) = address { entries += bucket.entries }
        return entries + [
            ("medium", medium == address.medium ? nil : medium.rawValue),
            ("site", site.map(YAMLText.scalar)),
            ("lock", lock.map(\.text)),
            ("limit", limit.map(YAMLText.rate)),
            ("every", every.map(YAMLText.duration)),
            ("keep", keep.map(YAMLText.keep)),
            ("offline", isOffline ? "true" : nil),
        ]
    }
}

extension BucketConfiguration {
    fileprivate var entries: [(String, String?)] {
        [
            ("endpoint", endpoint.map(YAMLText.scalar)),
            ("region", region.map(YAMLText.scalar)),
            ("path_style", pathStyle.map { "\($0)" }),
            ("ca", authorities.map(YAMLText.scalar)),
            ("credentials", credentials?.description),
            ("storage_class", storageClass.map(YAMLText.scalar)),
        ]
    }
}

extension CopyLock {
    fileprivate var text: String {
        YAMLText.mapping([("mode", mode.rawValue), ("for", YAMLText.duration(period))])
    }
}
