import Yams

// What a service sees of the host, in both forms that compose knows for it.
extension ComposeReader {
    /// `[SOURCE:]TARGET[:OPTIONS]`, or a mapping; nil for what is neither.
    mutating func mount(_ node: Node) -> ComposeService.Mount? {
        guard let scalar = node.scalar else { return longMount(node) }
        let parts = expanded(scalar.string)
            .split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, !first.isEmpty else { return nil }
        guard parts.count > 1, parts[1].hasPrefix("/") else {
            return ComposeService.Mount(source: .anonymous, target: first, isReadOnly: false)
        }
        let options = parts.count > 2 ? parts[2].split(separator: ",") : []
        return ComposeService.Mount(
            source: source(first),
            target: parts[1],
            isReadOnly: options.contains("ro")
        )
    }

    private mutating func longMount(_ node: Node) -> ComposeService.Mount? {
        let entries = entries(node) ?? []
        func value(_ key: String) -> Node? { entries.first { $0.0 == key }?.1 }
        guard let target = value("target").flatMap({ text($0) }) else { return nil }
        let type = value("type").flatMap { text($0) } ?? "volume"
        let name = value("source").flatMap { text($0) }
        let source: ComposeService.Mount.Source =
            switch (type, name) {
            case ("tmpfs", _): .memory
            case ("bind", let name?): .bind(path(name))
            case (_, let name?): .volume(name)
            case (_, nil): .anonymous
            }
        return ComposeService.Mount(
            source: source,
            target: target,
            isReadOnly: value("read_only").flatMap { text($0) } == "true"
        )
    }

    private func source(_ text: String) -> ComposeService.Mount.Source {
        ["/", ".", "~"].contains { text.hasPrefix($0) } ? .bind(path(text)) : .volume(text)
    }

    /// `[[HOST:]PUBLISHED:]TARGET[/tcp]`, or a mapping; nil where no one port of the host is named.
    mutating func port(_ node: Node) -> ComposeService.Port? {
        guard let scalar = node.scalar else { return longPort(node) }
        let text = expanded(scalar.string)
        let slash = text.split(separator: "/").map(String.init)
        guard slash.count < 2 || slash[1] == "tcp" else { return nil }
        var parts = (slash.first ?? "").split(separator: ":", omittingEmptySubsequences: false)
            .map(String.init)
        guard let target = parts.popLast().flatMap(Int.init),
            let published = parts.popLast().flatMap(Int.init)
        else { return nil }
        let host = parts.joined(separator: ":")
        return Self.port(host: host.isEmpty ? nil : host, published, target)
    }

    private mutating func longPort(_ node: Node) -> ComposeService.Port? {
        let entries = entries(node) ?? []
        func value(_ key: String) -> Node? { entries.first { $0.0 == key }?.1 }
        guard let target = value("target").flatMap({ text($0) }).flatMap(Int.init),
            let published = value("published").flatMap({ text($0) }).flatMap(Int.init),
            value("protocol").flatMap({ text($0) }) ?? "tcp" == "tcp"
        else { return nil }
        return Self.port(host: value("host_ip").flatMap { text($0) }, published, target)
    }

    /// A port at an address, without the brackets of IPv6; nil when one of them can be none.
    private static func port(
        host: String?,
        _ published: Int,
        _ target: Int
    ) -> ComposeService.Port? {
        var address = host?.utf8[...]
        if address?.first == UInt8(ascii: "["), address?.last == UInt8(ascii: "]") {
            address = address?.dropFirst().dropLast()
        }
        let isAddress =
            address?.allSatisfy { byte in
                (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
                    || ".:".utf8.contains(byte)
            } ?? true
        guard isAddress, (1...65_535).contains(published) else { return nil }
        return ComposeService.Port(
            host: address.flatMap { String($0) },
            published: published,
            target: target
        )
    }
}
