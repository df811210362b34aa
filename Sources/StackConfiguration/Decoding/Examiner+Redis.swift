import Model
import Yams

// What is said of TLS must fit the address, and itself.
extension Examiner {
    /// Notes what a Redis component says of TLS that cannot be.
    mutating func redisContradictions(_ section: Section, _ node: Node, at path: String) {
        guard section.text("kind") == "redis", section.values["tls"] != nil else { return }
        let key = Self.key("tls", of: node)
        if let address = section.text("address"), !address.hasPrefix("rediss://") {
            note(
                .configurationValue,
                key,
                "'\(path).tls' is for a rediss:// address, and this one has no TLS",
                "Leave it out, or write address: rediss://host:port."
            )
        }
        let tls = section.section("tls")
        guard (tls.values["certificate"] == nil) != (tls.values["key"] == nil) else { return }
        note(
            .configurationValue,
            key,
            "'\(path).tls' has one of certificate and key",
            "Give both, or none."
        )
    }
}
