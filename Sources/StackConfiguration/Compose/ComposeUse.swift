/// What a service sees a path for, as far as its names tell.
enum ComposeUse: Hashable {
    /// It holds private keys or passwords.
    case keys
    /// It is configuration.
    case settings
    /// Anything else.
    case data

    private static let keyNames: Set<String> = [
        "cert", "certs", "certificates", "ssl", "tls", "letsencrypt", "private", "pki", "keys",
        "secrets", "acme.json", ".htpasswd", "htpasswd", ".netrc", ".pgpass", "id_rsa",
        "id_ed25519",
    ]
    private static let keyEndings = [
        "pem", "key", "p12", "pfx", "jks", "keystore", "kdbx", "htpasswd",
    ]
    private static let settingNames: Set<String> = [
        "etc", "conf", "conf.d", "config", "configs", "settings", "provisioning", "caddyfile",
        "docker-entrypoint-initdb.d", "docker-entrypoint.d",
    ]
    /// Of files that programs do not write to themselves.
    private static let settingEndings = [
        "conf", "cfg", "cnf", "ini", "yml", "yaml", "toml", "properties", "sql", "sh", "tmpl",
        "template", "rules", "hcl", "lua",
    ]
    /// Of files that they may.
    private static let readOnlyEndings = ["json", "xml"]

    /// Judges a mount and the path of the host that it stands for.
    init(of mount: ComposeService.Mount, at path: String) {
        let names = [Self.last(path), Self.last(mount.target)]
        if names.contains(where: { name in
            Self.keyNames.contains(name) || Self.ends(name, Self.keyEndings)
                || name.contains("credential") || name.contains("service-account")
        }) {
            self = .keys
            return
        }
        // A volume is made for what programs leave in it.
        guard case .bind = mount.source else {
            self = .data
            return
        }
        let isSetting =
            names.contains { Self.ends($0, Self.settingEndings) }
            || mount.target.hasPrefix("/docker-entrypoint")
        let isReadSetting =
            names.contains {
                Self.settingNames.contains($0) || Self.ends($0, Self.readOnlyEndings)
            }
            || mount.target.split(separator: "/").contains {
                Self.settingNames.contains($0.lowercased())
            }
        self = isSetting || mount.isReadOnly && isReadSetting ? .settings : .data
    }

    private static func last(_ path: String) -> String {
        path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    }

    private static func ends(_ name: String, _ endings: [String]) -> Bool {
        endings.contains { name.hasSuffix("." + $0) }
    }
}
